import { expect, test } from './world';

test.use({
  config: `
    [access]
    code = "열려라"
    [access.keys]
    kitchen = "sesame"
  `,
});

test('the entry code and the key of a room are asked for, and remembered while the page lives', async ({
  gateway,
  arrive,
}) => {
  const anna = await arrive();
  const { page } = anna;
  await page.getByLabel('Your name').fill('Anna');
  await page.getByRole('button', { name: 'Come in' }).click();
  await expect(page.getByRole('alert')).toHaveText('This gateway asks for an entry code.');
  await page.getByLabel('Entry code').fill('wrong');
  await page.getByRole('button', { name: 'Come in' }).click();
  await expect(page.getByRole('alert')).toHaveText('That entry code is not right.');
  await page.getByLabel('Entry code').fill('열려라');
  await page.getByRole('button', { name: 'Come in' }).click();
  await page.getByTestId('me').waitFor();

  await page.locator('input[name=room]').fill('kitchen');
  await page.locator('input[name=room]').press('Enter');
  await expect(page.getByRole('alert')).toHaveText('This room is locked.');
  await page.getByLabel('Room key').fill('wrong');
  await page.getByRole('button', { name: 'Unlock' }).click();
  await expect(page.getByRole('alert')).toHaveText('That key is not right.');
  await page.getByLabel('Room key').fill('sesame');
  await page.getByRole('button', { name: 'Unlock' }).click();
  await expect(anna.count).toHaveText('1 person');
  await anna.say('in');
  await expect(anna.pending).toHaveCount(0);

  await gateway.kill();
  await anna.say('again');
  await gateway.start();
  await expect(anna.pending).toHaveCount(0);
  await expect(page.getByTestId('text')).toHaveText(['in', 'again']);
});
