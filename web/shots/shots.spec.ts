/**
 * Each main view compared with the picture of it in `pictures/`. After a change that is meant to be
 * seen: `npm run shots:renew`, and look at what has changed before it is committed.
 */
import { DARK, DESKTOP, expect, KOREAN, NARROW, PHONE, test, type Look } from './ground';
import { VIEWS } from './views';

const every = VIEWS.map(({ name }) => name);

/** Where a look says something of its own. */
const LOOKS: Readonly<Record<string, { readonly look: Look; readonly views: readonly string[] }>> =
  {
    light: { look: PHONE, views: every },
    dark: { look: DARK, views: every },
    korean: { look: KOREAN, views: every.filter((name) => name !== 'locked' && name !== 'people') },
    narrow: { look: NARROW, views: ['welcome', 'rooms', 'room', 'failed', 'settings', 'days'] },
    wide: { look: DESKTOP, views: ['rooms', 'room', 'people'] },
  };

for (const [title, { look, views }] of Object.entries(LOOKS)) {
  for (const { name, query, room, reach } of VIEWS.filter((view) => views.includes(view.name))) {
    test(`${name} looks as it did, ${title}`, async ({ open }) => {
      const page = await open(look, query, room?.(look));
      await reach(page, look);
      // Nothing lies under a pointer.
      await page.mouse.move(0, 0);
      await expect(page).toHaveScreenshot(`${name}-${title}.png`);
    });
  }
}
