import { ChromiumTab } from './rig/chromium';
import { expect, test } from './rig/world';

test('the page speaks Korean to a Korean browser, and fits a phone', async ({ arrive }) => {
  const person = await arrive({ engine: 'Pixel 7', locale: 'ko-KR' });
  const { tab } = person;
  if (!(tab instanceof ChromiumTab)) throw new Error('phones are Chromium here');
  await tab.page.setViewportSize({ width: 320, height: 640 });
  expect(await tab.attribute('html', 'lang')).toBe('ko-KR');
  await expect(tab.page.getByLabel('이름')).toBeVisible();
  await tab.page.getByRole('button', { name: '들어가기' }).waitFor();
  await person.comeIn('김철수');
  expect(await tab.text('[data-testid=me]')).toBe('내 이름: 김철수');
  await person.enter('우리 마당');
  expect(await tab.text('[data-testid=count]')).toBe('1명');
  await person.say('안녕하세요! 잘 지내시죠? 👋🏽');
  await person.reads(['안녕하세요! 잘 지내시죠? 👋🏽']);
  await person.settles();
  const overflow = await tab.run(() => document.documentElement.scrollWidth - window.innerWidth);
  expect(overflow).toBeLessThanOrEqual(0);
});

test('Enter within a composition of the browser’s own does not send', async ({ arrive }) => {
  const person = await arrive({ engine: 'Chromium', locale: 'ko-KR' });
  const { tab } = person;
  if (!(tab instanceof ChromiumTab)) throw new Error('only Chromium can compose by itself');
  await person.comeIn('김철수');
  await person.enter('live');
  const area = '.composer textarea';
  await tab.click(area);
  const session = await tab.context.newCDPSession(tab.page);
  await session.send('Input.imeSetComposition', {
    text: '안녕',
    selectionStart: 2,
    selectionEnd: 2,
  });
  // As Safari sends it: an Enter with the key code of a composition.
  const enter = { key: 'Enter', code: 'Enter', windowsVirtualKeyCode: 229 };
  await session.send('Input.dispatchKeyEvent', { type: 'rawKeyDown', ...enter });
  expect(await tab.value(area)).toBe('안녕');
  await session.send('Input.insertText', { text: '안녕' });
  await tab.press('Enter');
  await person.reads(['안녕']);
  expect(await tab.value(area)).toBe('');
});
