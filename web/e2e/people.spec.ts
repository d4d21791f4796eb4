import { expect, test } from './rig/world';

test('Chromium, Firefox and WebKit talk in one room at once', async ({ arrive }) => {
  const anna = await arrive({ engine: 'Chromium' });
  const bob = await arrive({ engine: 'Firefox' });
  const chulsoo = await arrive({ engine: 'WebKit' });
  const all = { Anna: anna, Bob: bob, 철수: chulsoo };
  for (const [name, person] of Object.entries(all)) {
    await person.comeIn(name);
    await person.enter('마당');
  }
  for (const person of Object.values(all)) await person.counts(3);
  await Promise.all(
    Object.entries(all).map(async ([name, person]) => {
      for (let line = 1; line <= 5; line += 1) await person.say(`${name} ${line}`);
      await person.settles();
    }),
  );
  await expect.poll(async () => (await anna.texts()).length).toBe(15);
  const texts = await anna.texts();
  await bob.reads(texts);
  await chulsoo.reads(texts);
  for (const name of Object.keys(all)) {
    const own = texts.filter((text) => text.startsWith(name));
    expect(own).toEqual([1, 2, 3, 4, 5].map((line) => `${name} ${line}`));
  }
});

test('two people talk by long-polling alone, where there is no WebSocket', async ({
  gateway,
  arrive,
}) => {
  const first = 'delete window.WebSocket;';
  const anna = await arrive({ first });
  const chulsoo = await arrive({ first });
  await anna.comeIn('Anna');
  await chulsoo.comeIn('철수');
  await anna.enter('마당');
  await chulsoo.enter('마당');
  await anna.counts(2);
  for (let line = 1; line <= 5; line += 1) {
    await anna.say(`one ${line}`);
    await chulsoo.hears(`one ${line}`);
    await chulsoo.say(`two ${line}`);
    await anna.hears(`two ${line}`);
  }
  await gateway.kill();
  await anna.say('down');
  await chulsoo.say('끊김');
  await anna.waits(1);
  await gateway.start();
  await anna.settles();
  await chulsoo.settles();
  await expect.poll(async () => (await anna.texts()).length).toBe(12);
  await chulsoo.reads(await anna.texts());
  for (const { wire } of [anna, chulsoo]) {
    expect(wire.webSocketsWanted).toBe(0);
    expect(wire.polls).toBeGreaterThan(10);
  }
});
