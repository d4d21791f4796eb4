/** What people and strangers may put in, and what may be wrong with their phone. */
import { expect, test } from './rig/world';

test('markup and script are shown as text, in every field', async ({ arrive }) => {
  const markup = '<img src=x onerror=alert(1)><script>alert(2)</script>\n<b>&amp;</b>';
  const anna = await arrive();
  await anna.comeIn('<i>Anna</i>');
  await anna.enter('<u>room</u>');
  const bob = await arrive();
  await bob.comeIn('Bob');
  await bob.enter('<u>room</u>');
  await anna.say(markup);
  await bob.reads([markup]);
  expect(await bob.tab.texts('.name')).toEqual(['<i>Anna</i>']);
  expect(await bob.tab.count('img, i, u, b')).toBe(0);
});
