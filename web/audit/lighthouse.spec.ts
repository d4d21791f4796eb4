/** Lighthouse finds nothing to better in how accessible and how well built the page is. */
import type { Report } from 'lighthouse';

import { expect, test } from './ground';

const CATEGORIES = ['accessibility', 'best-practices'];

test('the welcome has 100 of 100 points', async ({ report }) => {
  perfect(await report('/', { onlyCategories: CATEGORIES }));
});

test('a room has 100 of 100 points', async ({ phone, report }) => {
  const page = await phone.newPage();
  await page.goto('/#/room/live');
  await page.locator('input[name=name]').fill('Anna');
  await page.locator('.welcome form').getByRole('button').click();
  await page.locator('.composer textarea').fill('hello @Anna, look: https://example.org 🎉');
  await page.locator('.composer button[type=submit]').click();
  await page.getByTestId('text').waitFor();
  await page.close();
  // Whoever came in before is in the room at once.
  perfect(await report('/#/room/live', { onlyCategories: CATEGORIES, disableStorageReset: true }));
});

function perfect({ categories, audits }: Report): void {
  for (const name of CATEGORIES) {
    const category = categories[name];
    const flaws = (category?.auditRefs ?? [])
      .filter(({ id, weight }) => weight > 0 && (audits[id]?.score ?? 1) < 1)
      .map(({ id }) => `${id}: ${audits[id]?.title} ${JSON.stringify(audits[id]?.details)}`);
    expect({ name, flaws, score: category?.score }).toEqual({ name, flaws: [], score: 1 });
  }
}
