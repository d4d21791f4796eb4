import { it } from './rig/person';
import { expect, test } from './rig/world';

/** The service worker has kept the shell and looks after this page. */
const KEPT = `new Promise((resolve, reject) => {
  setTimeout(reject, 15_000, new Error('no service worker'));
  navigator.serviceWorker.ready.then(() => resolve(true));
})`;

test('a page that was there once opens without the gateway, with what it has of the room', async ({
  arrive,
}) => {
  const anna = await arrive();
  await anna.comeIn('Anna');
  await anna.enter('live');
  await anna.say('one');
  await anna.settles();
  expect(await anna.tab.evaluate(KEPT)).toBe(true);
  anna.wire.line.cut();
  await anna.tab.reload();
  await anna.reads(['one']);
  await anna.strip(true);
  await anna.say('two');
  // What was loaded later is kept as well: the dialogs open.
  await anna.tab.click(it('menu'));
  await expect.poll(() => anna.tab.count(it('menu-dialog'))).toBe(1);
  await anna.tab.click(it('close'));
  anna.wire.line.mend();
  await anna.settles();
  await anna.reads(['one', 'two']);
});

test('what the worker keeps is the shell: not a word of what was said', async ({ arrive }) => {
  const anna = await arrive();
  await anna.comeIn('Anna');
  await anna.enter('live');
  await anna.say('nobody else’s business');
  await anna.settles();
  await anna.tab.evaluate(KEPT);
  const kept = (await anna.tab.evaluate(`(async () => {
    const paths = [];
    for (const name of await caches.keys()) {
      for (const { url } of await (await caches.open(name)).keys()) paths.push(new URL(url).pathname);
    }
    return paths;
  })()`)) as string[];
  expect(kept).toContain('/');
  expect(
    kept.filter((path) => !/^\/(assets\/.*|icon\.svg|manifest\.webmanifest)?$/.test(path)),
  ).toEqual([]);
});
