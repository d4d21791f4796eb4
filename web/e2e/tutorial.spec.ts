import { readFile } from 'node:fs/promises';

import type { Browser, Page } from '@playwright/test';

import { Chromium } from './rig/chromium';
import { expect, test } from './rig/world';

const html = await readFile(new URL('tutorial.html', import.meta.url), 'utf8');

/** The tutorial's page on the gateway's own origin, as if the gateway had always served it. */
async function open(browser: Browser, url: string): Promise<Page> {
  const context = await browser.newContext();
  // Chromium does not know where a page from a test lives, and guards this machine from it.
  await context.grantPermissions(['local-network-access']);
  const page = await context.newPage();
  await page.route(`${url}/tutorial`, (route) =>
    route.fulfill({ contentType: 'text/html; charset=utf-8', body: html }),
  );
  // Its client upgrades by itself, as everywhere.
  const upgraded = page
    .waitForEvent('websocket')
    .then((socket) => socket.waitForEvent('framereceived'));
  await page.goto(`${url}/tutorial`);
  await upgraded;
  return page;
}

async function enter(page: Page, room: string, nickname = ''): Promise<void> {
  await page.locator('input[name=room]').fill(room);
  await page.locator('input[name=nickname]').fill(nickname);
  await page.getByRole('button', { name: 'Enter' }).click();
  await page.locator('#room').waitFor();
}

async function say(page: Page, text: string): Promise<void> {
  await page.locator('input[name=text]').fill(text);
  await page.getByRole('button', { name: 'Send' }).click();
}

test('the classic tutorial’s page runs unmodified, and meets our page in the same room', async ({
  gateway,
  engines,
  arrive,
}) => {
  const chromium = await engines('Chromium');
  if (!(chromium instanceof Chromium)) throw new Error('only Playwright can serve a page here');
  const first = await open(chromium.browser, gateway.url);
  await enter(first, 'live', '철수');
  await expect(first.locator('h3')).toHaveText('Room live (1)');
  await expect(first.locator('#rooms li')).toHaveText(['live']);

  const second = await open(chromium.browser, gateway.url);
  await enter(second, 'live');
  await expect(second.locator('h3')).toHaveText('Room live (2)');
  await expect(first.locator('#lines li')).toHaveText(['Anon arrived']);
  await expect(first.locator('h3')).toHaveText('Room live (2)');

  await say(first, '안녕 🎉');
  await expect(first.locator('#lines li')).toHaveText(['Anon arrived', 'You: 안녕 🎉']);
  await expect(second.locator('#lines li')).toHaveText(['철수: 안녕 🎉']);

  const ours = await arrive();
  await ours.comeIn('Anna');
  await ours.enter('live');
  await ours.reads(['안녕 🎉']);
  expect(await ours.tab.texts('.name')).toEqual(['철수']);
  await ours.say('hello both');
  await expect(second.locator('#lines li').last()).toHaveText('Anna: hello both');
  await say(second, 'hi Anna');
  await ours.reads(['안녕 🎉', 'hello both', 'hi Anna']);

  await second.close();
  await expect(first.locator('#lines li').last()).toHaveText('Anon left', { timeout: 30_000 });
  await first.context().close();
});
