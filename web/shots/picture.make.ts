/** Makes the README's picture from the demo: English by day, Korean by night. `scripts/picture.sh`. */
import { fileURLToPath } from 'node:url';

import { DARK, expect, PHONE, test, type Look } from './ground';
import { VIEWS } from './views';

const PICTURE = fileURLToPath(new URL('../../docs/page.png', import.meta.url));
const SCALE = 2;
const LOOKS: readonly Look[] = [
  { ...PHONE, height: 660 },
  { ...DARK, language: 'ko', height: 660 },
];

test('the picture of the page', async ({ open, browserOfShots }) => {
  const shots: string[] = [];
  const view = VIEWS.find(({ name }) => name === 'room');
  for (const look of LOOKS) {
    const page = await open(look, view?.query, view?.room?.(look), SCALE);
    await view?.reach(page, look);
    shots.push((await page.screenshot()).toString('base64'));
  }
  const context = await browserOfShots.newContext({ deviceScaleFactor: SCALE });
  const page = await context.newPage();
  await page.setContent(`
    <body>
      <style>
        body { display: inline-flex; gap: 24px; margin: 0; padding: 2px }
        img { width: ${PHONE.width}px; border: 1px solid #8888; border-radius: 16px }
      </style>
      ${shots.map((shot) => `<img src="data:image/png;base64,${shot}">`).join('')}
    </body>`);
  await page.locator('body').screenshot({ path: PICTURE, omitBackground: true });
  expect(shots).toHaveLength(2);
  await context.close();
});
