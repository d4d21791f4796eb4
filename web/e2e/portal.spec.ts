/**
 * A phone joins: its probe leads to the sheet, the sheet to the chat behind a warning, and `/trust`
 * tells on which rung it stands. In a Chromium whose DNS sends every name to the gateway, as the
 * board's does.
 */
import { X509Certificate } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import {
  chromium,
  expect,
  test as base,
  type BrowserContextOptions,
  type Page,
} from '@playwright/test';

import { launch } from 'puppeteer-core';

import { Gateway } from '../../tests/clients/gateway.mjs';
import { violations } from '../shots/axe';
import { trustIn } from './rig/trust';

interface Board {
  readonly gateway: Gateway;
  /** A phone that has just got its address, and whether it trusts the CA. */
  readonly phone: (options?: BrowserContextOptions, trusting?: boolean) => Promise<Page>;
}

const NAME = 'madang.home.arpa';

const test = base.extend<{ board: Board }>({
  board: async ({}, use) => {
    const folder = await mkdtemp(join(tmpdir(), 'madang-board-'));
    const gateway = await Gateway.start({
      ownCa: true,
      config: `title = "마당"\n[portal]\nenabled = true\n[board]\nfolder = "${folder}"\n`,
    });
    const browsers: { close: () => Promise<void> }[] = [];
    await use({
      gateway,
      phone: async (options = {}, trusting = false) => {
        // Whoever had the address before: this one is another.
        const lease = `0 aa:bb:cc:00:00:${browsers.length + 10} 127.0.0.1 phone *\n`;
        await writeFile(join(folder, 'leases'), lease);
        const home = await mkdtemp(join(folder, 'home-'));
        if (trusting) await trustIn(join(home, '.pki', 'nssdb'), gateway.ca);
        const browser = await chromium.launch({
          executablePath: '/usr/bin/chromium',
          args: ['--no-sandbox', '--host-resolver-rules=MAP * 127.0.0.1'],
          env: { ...process.env, HOME: home },
        });
        browsers.push(browser);
        const context = await browser.newContext({
          viewport: { width: 320, height: 568 },
          locale: 'en-US',
          ...options,
        });
        return context.newPage();
      },
    });
    for (const browser of browsers) await browser.close();
    await gateway.stop();
    await rm(folder, { recursive: true, force: true });
  },
});

/** What a system asks when it has joined. */
function probe({ ports }: Gateway): string {
  return `http://captive.apple.com:${ports.plain}/hotspot-detect.html`;
}

/** Goes past the browser's warning, as a person does. */
async function clickThrough(page: Page): Promise<void> {
  await page.locator('#details-button').click();
  await page.locator('#proceed-link').click();
}

for (const [locale, keep, open, rung] of [
  ['en-US', 'Keep this Wi-Fi without Internet', 'Open the chat', 'rung 1'],
  ['ko-KR', '인터넷 없이 이 와이파이 유지하기', '채팅 열기', '1단계'],
] as const) {
  test(`a phone comes from its probe into the chat, ${locale}`, async ({ board }) => {
    const page = await board.phone({ locale });
    await page.goto(probe(board.gateway));
    await expect(page).toHaveURL(`http://${NAME}:${board.gateway.ports.plain}/portal`);
    await page.getByRole('link', { name: open }).click();
    await clickThrough(page);
    await expect(page.locator('#app input').first()).toBeVisible();

    // Now the system finds what it takes for the Internet.
    await page.goto(probe(board.gateway));
    await expect(page.locator('body')).toHaveText('Success');

    await page.goto(`https://${NAME}:${board.gateway.ports.tls}/trust`);
    await expect(page.locator('[data-found="clicked"]')).toContainText(rung);
    await expect(page.locator('[data-found]:visible')).toHaveCount(1);
    await expect(page.locator('[data-socket="yes"]')).toBeVisible();
    expect(await violations(page)).toEqual([]);

    // Its button does the same where the sheet cannot open the chat.
    const other = await board.phone({ locale });
    await other.goto(probe(board.gateway));
    await other.getByRole('button', { name: keep }).click();
    await expect(other.getByRole('status')).toBeVisible();
    await other.goto(probe(board.gateway));
    await expect(other.locator('body')).toHaveText('Success');
  });

  test(`a phone that trusts the CA stands on the second rung, ${locale}`, async ({ board }) => {
    const page = await board.phone({ locale }, true);
    await page.goto(`https://${NAME}:${board.gateway.ports.tls}/trust`);
    await expect(page.locator('[data-found="trusted"]')).toBeVisible();
    await expect(page.locator('[data-found]:visible')).toHaveCount(1);
    await expect(page.locator('[data-socket="yes"]')).toBeVisible();
  });

  for (const colorScheme of ['light', 'dark'] as const) {
    test(`the sheet has no violation and fits 320 px, ${locale}, ${colorScheme}`, async ({
      board,
    }) => {
      const page = await board.phone({ locale, colorScheme });
      for (const path of ['portal', 'trust']) {
        await page.goto(`http://${NAME}:${board.gateway.ports.plain}/${path}`);
        await page.evaluate(() => {
          for (const one of document.querySelectorAll('details')) one.open = true;
        });
        expect(await violations(page)).toEqual([]);
        const width = await page.evaluate(() => document.documentElement.scrollWidth);
        expect(width).toBe(320);
      }
    });
  }
}

test('the sheet needs no script', async ({ board }) => {
  const page = await board.phone({ javaScriptEnabled: false });
  await page.goto(probe(board.gateway));
  await page.getByRole('button').click();
  await expect(page.getByRole('status')).toBeVisible();
  await page.goto(`http://${NAME}:${board.gateway.ports.plain}/trust`);
  await expect(page.getByText('no rung yet')).toBeVisible();
});

test('Firefox with an exception for the page stands on the first rung', async ({
  board: { gateway },
}) => {
  const profile = await mkdtemp(join(tmpdir(), 'madang-firefox-'));
  await writeFile(join(profile, 'cert_override.txt'), await exception(gateway));
  const firefox = await launch({
    browser: 'firefox',
    executablePath: '/usr/bin/firefox-esr',
    userDataDir: profile,
  });
  const page = await firefox.newPage();
  await page.goto(`${gateway.url}/trust`);
  await page.waitForSelector('[data-found="clicked"]:not([hidden])');
  await firefox.close();
  await rm(profile, { recursive: true, force: true, maxRetries: 5 });
});

/** What Firefox writes into its profile when a person accepts the risk. */
async function exception({ data, ports }: Gateway): Promise<string> {
  const pem = await readFile(join(data, 'tls', 'leaf.pem'), 'utf8');
  const leaf = new X509Certificate(pem.slice(pem.indexOf('-----BEGIN CERTIFICATE')));
  const sha256 = 'OID.2.16.840.1.101.3.4.2.1';
  return `localhost:${ports.tls}:\t${sha256}\t${leaf.fingerprint256}\t\n`;
}
