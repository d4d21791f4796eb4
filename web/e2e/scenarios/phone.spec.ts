import { numbered } from '../rig/numbered';
import { expect, test } from '../rig/world';

test('a reload without a connection loses nothing of what was typed', async ({ arrive }) => {
  const anna = await arrive();
  await anna.comeIn('Anna');
  await anna.enter('live');
  await anna.say('before');
  await anna.settles();
  // The page itself is to be had, the chat is not: a gateway in trouble.
  anna.wire.refusesChat = true;
  await anna.strip(true);
  for (const text of numbered('typed', 1, 3)) await anna.say(text);
  await anna.waits(3);
  await anna.tab.reload();
  await anna.waits(3);
  await anna.reads(['before', ...numbered('typed', 1, 3)]);
  anna.wire.refusesChat = false;
  await anna.settles();
  await anna.strip(false);
  await anna.reads(['before', ...numbered('typed', 1, 3)]);
});

test('without any network the page opens with what it had, and sends what is typed later', async ({
  arrive,
}, info) => {
  const anna = await arrive();
  const has = await anna.tab.run(() => 'serviceWorker' in navigator);
  test.skip(!has, 'this engine has no service worker here');
  await anna.comeIn('Anna');
  await anna.enter('live');
  await anna.say('before');
  await anna.settles();
  await anna.tab.until('the shell is kept', () => {
    const ready = navigator.serviceWorker.ready.then(() => true);
    const late = new Promise<boolean>((done) => {
      setTimeout(() => {
        done(false);
      }, 1_000);
    });
    return Promise.race([ready, late]);
  });
  info.annotations.push({ type: 'service worker', description: 'ready' });
  anna.wire.line.cut();
  await anna.strip(true);
  await anna.tab.reload();
  await anna.reads(['before']);
  await anna.strip(true);
  await anna.say('in the dark');
  await anna.waits(1);
  anna.wire.line.mend();
  await anna.settles();
  await anna.reads(['before', 'in the dark']);
});

test('two tabs of one person show the same, and send everything once', async ({ arrive }) => {
  const anna = await arrive();
  await anna.comeIn('Anna');
  await anna.enter('live');
  const twin = await anna.again('#/room/live');
  await anna.say('from the first');
  await twin.hears('from the first');
  await twin.say('from the second');
  await anna.hears('from the second');
  await anna.counts(1);
  for (const tab of [anna, twin]) expect(await tab.tab.count('.mine')).toBe(2);

  anna.wire.line.cut();
  await anna.strip(true);
  await twin.strip(true);
  await anna.say('out 1');
  await twin.say('out 2');
  await anna.say('out 3');
  anna.wire.line.mend();
  for (const tab of [anna, twin]) {
    await tab.settles();
    await expect.poll(async () => (await tab.texts()).length).toBe(5);
  }
  const texts = await anna.texts();
  expect([...texts].sort()).toEqual(
    ['from the first', 'from the second', 'out 1', 'out 2', 'out 3'].sort(),
  );
  expect(texts.indexOf('out 1')).toBeLessThan(texts.indexOf('out 3'));
  await twin.reads(texts);
});

test('a link into a room leads there, once one has a name', async ({ arrive, bot }) => {
  const bob = await bot('Bob');
  await bob.say('우리 부엌', 'welcome');
  const anna = await arrive({ at: `/#/room/${encodeURIComponent('우리 부엌')}` });
  await anna.comeInto('Anna');
  await anna.hears('welcome');
  await anna.say('hello');
  await anna.settles();
});
