import { copyFile } from 'node:fs/promises';
import { pathToFileURL } from 'node:url';

import { FAST } from '../rig/bot';
import { it } from '../rig/person';
import { expect, test } from '../rig/world';

test.use({ config: FAST });

test('the history of a room is saved as one file that opens by itself', async ({
  arrive,
  bot,
}, info) => {
  const bob = await bot('<b>Bob</b>');
  await bob.fill('우리 마당', 120);
  const asked = await bob.say('우리 마당', '<img src=x onerror="document.title=1"> & `code`');
  await bob.say('우리 마당', 'see https://example.com/x or javascript:alert(1)', {
    reply_to: asked,
  });
  const anna = await arrive();
  await anna.comeIn('Anna');
  await anna.follow('우리 마당');
  await anna.menu('export');
  const saved = await anna.tab.download(() =>
    anna.tab.click(`${it('export-dialog')} ${it('export-start')}`),
  );
  const path = info.outputPath('export.html');
  await copyFile(saved, path);

  const reader = await anna.phone.tab();
  await reader.goto(pathToFileURL(path).href);
  const texts = await reader.texts('.text');
  expect(texts.length).toBe(122);
  expect(texts.slice(0, 2)).toEqual(['line 1', 'line 2']);
  expect(texts[120]).toBe('<img src=x onerror="document.title=1"> & code');
  expect(await reader.text('h1')).toBe('우리 마당');
  expect((await reader.texts('.by bdi'))[0]).toBe('<b>Bob</b>');
  const found = await reader.run(() => ({
    links: Array.from(document.querySelectorAll('a'), (link) => link.getAttribute('href')),
    strange: document.querySelectorAll('script, img, iframe, b').length,
    title: document.title,
    // Its own style is the one thing that its policy lets through.
    styled: getComputedStyle(document.querySelector('ol') ?? document.body).listStyleType,
  }));
  expect(found).toEqual({
    links: [`#m${asked}`, 'https://example.com/x'],
    strange: 0,
    title: expect.stringContaining('우리 마당'),
    styled: 'none',
  });
  expect(reader.problems()).toEqual([]);
});

test('the language changes at once, and stays over a reload', async ({ arrive }) => {
  const anna = await arrive();
  await anna.comeIn('Anna');
  await anna.tab.click(it('settings'));
  const choice = (language: string) =>
    `${it('settings-dialog')} input[name=language][value=${language}]`;
  await anna.tab.click(choice('ko'));
  await expect.poll(() => anna.tab.text(it('me'))).toBe('내 이름: Anna');
  expect(await anna.tab.attribute('html', 'lang')).toMatch(/^ko/);
  await anna.tab.press('Escape');
  await expect.poll(() => anna.tab.count('dialog[open]')).toBe(0);
  await anna.tab.reload();
  await expect.poll(() => anna.tab.text(it('me'))).toBe('내 이름: Anna');
  await anna.tab.click(it('settings'));
  await anna.tab.click(choice('en'));
  await expect.poll(() => anna.tab.text(it('me'))).toBe('You are Anna');
});
