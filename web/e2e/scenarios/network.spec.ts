import { numbered } from '../rig/numbered';
import { NO_STORAGE, NO_WEBSOCKET } from '../rig/watch';
import { expect, test } from '../rig/world';

test('without a network three messages wait, and go out once and in order when it is back', async ({
  arrive,
  bot,
}) => {
  const anna = await arrive();
  await anna.comeIn('Anna');
  await anna.enter('live');
  await anna.say('before');
  await anna.settles();
  const bob = await bot('Bob');
  await bob.join('live');
  anna.wire.line.cut();
  await anna.strip(true);
  for (const text of numbered('out', 1, 3)) await anna.say(text);
  await anna.waits(3);
  await bob.say('live', 'meanwhile');
  anna.wire.line.mend();
  await anna.settles();
  await anna.strip(false);
  await anna.reads(['before', 'meanwhile', ...numbered('out', 1, 3)]);
});

test('where WebSockets are refused, polling carries the chat and nothing is said about it', async ({
  arrive,
  bot,
}) => {
  const anna = await arrive({
    prepare: (wire) => {
      wire.refusesWebSockets = true;
    },
  });
  await anna.comeIn('Anna');
  await anna.enter('live');
  const bob = await bot('Bob');
  await bob.join('live');
  for (const text of numbered('by poll', 1, 3)) await anna.say(text);
  await anna.settles();
  await bob.say('live', 'heard');
  await anna.hears('heard');
  await anna.strip(false);
  expect(anna.wire.webSocketsWanted).toBeGreaterThan(0);
  expect(anna.wire.webSockets).toBe(0);
  expect(anna.wire.polls).toBeGreaterThan(5);
});

test('without window.WebSocket the gateway can be killed, and everything is there once', async ({
  gateway,
  arrive,
}) => {
  const anna = await arrive({ first: NO_WEBSOCKET });
  await anna.comeIn('Anna');
  await anna.enter('live');
  await anna.say('before');
  await anna.settles();
  await gateway.kill();
  await anna.strip(true);
  for (const text of numbered('down', 1, 3)) await anna.say(text);
  await gateway.start();
  await anna.settles();
  await anna.strip(false);
  await anna.reads(['before', ...numbered('down', 1, 3)]);
  expect(anna.wire.webSocketsWanted).toBe(0);
});

test('without storage the person lasts as long as the page', async ({ gateway, arrive }) => {
  const anna = await arrive({ first: NO_STORAGE });
  await anna.comeIn('Anna');
  await anna.enter('live');
  await anna.say('one');
  await anna.settles();
  await gateway.kill();
  await anna.strip(true);
  await gateway.start();
  await anna.strip(false);
  await anna.say('two');
  await anna.settles();
  await anna.reads(['one', 'two']);
  expect(await anna.tab.count('.mine')).toBe(2);
});

test('a phone that was locked notices that its connection is dead', async ({
  arrive,
  bot,
}, info) => {
  const anna = await arrive({
    prepare: (wire) => {
      // The gateway has long closed what lay idle; only what was in use is dead and seems open.
      wire.keepsAlive = false;
    },
  });
  await anna.comeIn('Anna');
  await anna.enter('live');
  const bob = await bot('Bob');
  await bob.join('live');
  await bob.say('live', 'before');
  await anna.hears('before');
  await anna.tab.run(setVisible, false);
  anna.wire.line.freeze();
  await bob.say('live', 'while away');
  // What was open stays silent for ever, as a phone finds it after its Wi-Fi has slept.
  anna.wire.line.mendForNew();
  const began = Date.now();
  await anna.tab.run(setVisible, true);
  await anna.hears('while away');
  const took = Date.now() - began;
  info.annotations.push({ type: 'back after', description: `${took} ms` });
  // It asks for 2 s, then connects. Its heartbeat would have taken 25 s and more.
  expect(took).toBeLessThan(10_000);
});

/** As the browser tells it; really hiding a page is not in the power of every driver. */
function setVisible(visible: boolean): void {
  Object.defineProperty(document, 'visibilityState', {
    configurable: true,
    get: () => (visible ? 'visible' : 'hidden'),
  });
  Object.defineProperty(document, 'hidden', { configurable: true, get: () => !visible });
  document.dispatchEvent(new Event('visibilitychange'));
}
