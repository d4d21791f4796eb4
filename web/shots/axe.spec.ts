/** No view of the page violates a rule of axe: light and dark, both languages, phone and desktop. */
import { violations } from './axe';
import { DESKTOP, expect, PHONE, test } from './ground';
import { VIEWS } from './views';

for (const { name, query, room, reach } of VIEWS) {
  for (const language of ['en', 'ko'] as const) {
    for (const [width, size] of [
      ['a phone', PHONE],
      ['a desktop', DESKTOP],
    ] as const) {
      test(`${name} has no violation on ${width}, ${language}`, async ({ open }) => {
        const look = { ...size, language };
        const page = await open(look, query, room?.(look));
        await reach(page, look);
        expect(await violations(page)).toEqual([]);
        // The page follows the system.
        await page.emulateMedia({ colorScheme: 'dark' });
        await expect(page.locator('html')).toHaveAttribute('data-theme', 'dark');
        expect(await violations(page)).toEqual([]);
      });
    }
  }
}
