import { numbered } from '../rig/numbered';
import { expect, test } from '../rig/world';

test('people in different browsers talk in the same room', async ({ arrive, stranger }) => {
  const anna = await arrive();
  const chulsoo = await stranger();
  await anna.comeIn('Anna');
  await chulsoo.comeIn('철수');
  await anna.enter('마당');
  await chulsoo.back();
  await chulsoo.follow('마당');
  await anna.counts(2);

  await anna.say('안녕 👋🏽');
  await chulsoo.hears('안녕 👋🏽');
  await chulsoo.tab.click('.composer textarea');
  await chulsoo.tab.type('typed, key by key');
  await chulsoo.tab.click('.composer button[type=submit]');
  await anna.reads(['안녕 👋🏽', 'typed, key by key']);
  await anna.settles();
  await chulsoo.settles();
  expect(await anna.tab.texts('.name')).toContain('철수');
  expect(await chulsoo.tab.texts('.name')).toContain('Anna');
  await expect.poll(() => anna.wire.webSockets).toBe(1);
});

test('the gateway is killed while people talk, and both are back with everything once', async ({
  gateway,
  arrive,
}) => {
  const anna = await arrive();
  const chulsoo = await arrive();
  await anna.comeIn('Anna');
  await chulsoo.comeIn('철수');
  await anna.enter('마당');
  await chulsoo.enter('마당');
  await anna.counts(2);

  for (const text of numbered('before', 1, 3)) await anna.say(text);
  for (const text of numbered('전', 1, 3)) await chulsoo.say(text);
  await expect.poll(async () => (await anna.texts()).length).toBe(6);
  await anna.settles();
  await chulsoo.settles();

  // Some of these have been relayed or stored when the plug is pulled, and not acknowledged.
  for (const text of numbered('edge', 1, 3)) await anna.say(text);
  await gateway.kill();
  await anna.strip(true);
  await chulsoo.strip(true);
  for (const text of numbered('down', 1, 3)) await anna.say(text);
  for (const text of numbered('끊김', 1, 3)) await chulsoo.say(text);
  await chulsoo.waits(3);
  await gateway.start();

  for (const person of [anna, chulsoo]) {
    await person.settles();
    await person.strip(false);
    await expect.poll(async () => (await person.texts()).length).toBe(15);
  }
  const texts = await anna.texts();
  expect(await chulsoo.texts()).toEqual(texts);
  for (const who of ['before', '전', 'edge', 'down', '끊김']) {
    expect(texts.filter((text) => text.startsWith(who))).toEqual(numbered(who, 1, 3));
  }
  expect(await anna.tab.count('.remark')).toBe(0);
  await anna.counts(2);
  // One before the plug was pulled and one after.
  await expect.poll(() => anna.wire.webSockets).toBe(2);

  // Who comes later sees the same, and so does who reloads.
  await anna.tab.reload();
  await anna.reads(texts);
  expect(await anna.tab.count('.mine')).toBe(9);
});
