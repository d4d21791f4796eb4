import { violations } from '../shots/axe';
import { expect, test } from './ground';

test('axe finds nothing wrong under the Content-Security-Policy of the gateway', async ({
  phone,
}) => {
  const page = await phone.newPage();
  await page.goto('/');
  await page.locator('.welcome form').waitFor();
  expect(await violations(page)).toEqual([]);
  await page.locator('input[name=name]').fill('Anna');
  await page.locator('.welcome form').getByRole('button').click();
  await page.getByTestId('me').waitFor();
  expect(await violations(page)).toEqual([]);
  await page.locator('input[name=room]').fill('마당');
  await page.locator('input[name=room]').press('Enter');
  await page.locator('.composer textarea').fill('hello @Anna: https://example.org `ls -l` 🎉');
  await page.locator('.composer button[type=submit]').click();
  await page.getByTestId('text').waitFor();
  expect(await violations(page)).toEqual([]);
  await page.emulateMedia({ colorScheme: 'dark' });
  expect(await violations(page)).toEqual([]);
});
