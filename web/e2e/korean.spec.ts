import { expect, test } from './world';

const phone = {
  locale: 'ko-KR',
  viewport: { width: 360, height: 740 },
  hasTouch: true,
  isMobile: true,
};

test('the page speaks Korean to a Korean browser, and fits a phone', async ({ arrive }) => {
  const person = await arrive(phone);
  const { page } = person;
  await expect(page.locator('html')).toHaveAttribute('lang', 'ko-KR');
  await expect(page.getByLabel('이름')).toBeVisible();
  await page.getByRole('button', { name: '들어가기' }).waitFor();
  await person.comeIn('김철수');
  await expect(page.getByTestId('me')).toHaveText('내 이름: 김철수');
  await person.enter('우리 마당');
  await expect(person.count).toHaveText('1명');
  await person.say('안녕하세요! 잘 지내시죠? 👋🏽');
  await expect(page.getByTestId('text')).toHaveText(['안녕하세요! 잘 지내시죠? 👋🏽']);
  await expect(person.pending).toHaveCount(0);
  const overflow = await page.evaluate(
    () => document.documentElement.scrollWidth - window.innerWidth,
  );
  expect(overflow).toBeLessThanOrEqual(0);
});

test('Enter within a composition does not send', async ({ arrive }) => {
  const person = await arrive({ locale: 'ko-KR' });
  await person.comeIn('김철수');
  await person.enter('live');
  const area = person.page.locator('.composer textarea');
  await area.focus();
  const session = await person.page.context().newCDPSession(person.page);
  await session.send('Input.imeSetComposition', {
    text: '안녕',
    selectionStart: 2,
    selectionEnd: 2,
  });
  // As Safari sends it: an Enter with the key code of a composition.
  const enter = { key: 'Enter', code: 'Enter', windowsVirtualKeyCode: 229 };
  await session.send('Input.dispatchKeyEvent', { type: 'rawKeyDown', ...enter });
  await expect(area).toHaveValue('안녕');
  await session.send('Input.insertText', { text: '안녕' });
  await area.press('Enter');
  await expect(person.page.getByTestId('text')).toHaveText(['안녕']);
  await expect(area).toHaveValue('');
});
