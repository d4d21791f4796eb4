/**
 * Each main view compared with the picture of it in `pictures/`. After a change that is meant to be
 * seen: `npm run shots -- -u`, and look at what has changed before it is committed.
 */
import { DARK, DESKTOP, expect, KOREAN, NARROW, PHONE, test, type Look } from './ground';
import { VIEWS } from './views';

const LOOKS: Readonly<Record<string, Look>> = {
  light: PHONE,
  dark: DARK,
  korean: KOREAN,
  narrow: NARROW,
  wide: DESKTOP,
};

for (const { name, query, room, reach } of VIEWS) {
  for (const [title, look] of Object.entries(LOOKS)) {
    test(`${name} looks as it did, ${title}`, async ({ open }) => {
      const page = await open(look, query, room?.(look));
      await reach(page, look);
      // Nothing lies under a pointer.
      await page.mouse.move(0, 0);
      await expect(page).toHaveScreenshot(`${name}-${title}.png`);
    });
  }
}
