import { expect, test } from 'vitest';

import { Lookback } from '../src/connection/lookback';
import type { Message, Page } from '../src/connection/wire';

const message = (seq: number, id = `m${seq}`): Message => ({
  room: 'live',
  seq,
  id,
  from: { id: 'you', name: 'you' },
  text: '',
  at: 0,
});
const range = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, index) => message(from + index));

/** A room of messages 1 to `last` on a gateway with pages of 10; at most 40 are shown. */
function setup(last = 100) {
  const log = range(1, last);
  let isOffline = false;
  const gate: (() => void)[] = [];
  let isHeld = false;
  const lookback: Lookback = new Lookback({
    ask: async (bound): Promise<Page | undefined> => {
      const found =
        'before' in bound
          ? log.filter(({ seq }) => seq < bound.before)
          : log.filter(({ seq }) => seq > bound.after);
      const messages = 'before' in bound ? found.slice(-10) : found.slice(0, 10);
      if (isHeld) await new Promise<void>((go) => gate.push(go));
      return isOffline ? undefined : { messages, more: found.length > messages.length };
    },
    mark: () => undefined,
    changed: () => undefined,
    bounds: { most: 40, tail: 15 },
  });
  lookback.begin(log.slice(-10));
  const live = () => {
    const next = message((log[log.length - 1]?.seq ?? 0) + 1);
    log.push(next);
    lookback.append([next]);
  };
  return {
    lookback,
    log,
    live,
    shown: () => lookback.entries.map(({ seq }) => seq),
    ends: () => [lookback.entries[0]?.seq, lookback.entries[lookback.entries.length - 1]?.seq],
    offline: () => (isOffline = true),
    hold: () => (isHeld = true),
    letGo: async () => {
      isHeld = false;
      for (const go of gate.splice(0)) go();
      await new Promise((done) => setTimeout(done));
    },
  };
}

test('looking back brings older messages, until there are none', async () => {
  const { lookback, ends } = setup(25);
  expect(lookback.beyondTop).toBe('some');
  await lookback.older();
  expect(ends()).toEqual([6, 25]);
  await lookback.older();
  expect([ends(), lookback.beyondTop]).toEqual([[1, 25], 'none']);
  expect(lookback.detached).toBe(false);
});

test('looking back far lets the newest go: the window is detached', async () => {
  const { lookback, ends } = setup();
  for (let page = 0; page < 5; page += 1) await lookback.older();
  expect([ends(), lookback.detached, lookback.beyondBottom]).toEqual([[41, 80], true, 'some']);
});

test('what is said live does not come into a detached window', async () => {
  const { lookback, live, ends } = setup();
  await lookback.show(30);
  live();
  expect(ends()).toEqual([20, 39]);
  lookback.latest();
  expect([ends()[1], lookback.detached]).toEqual([101, false]);
});

test('a detached window grows downwards until it is attached again, without a hole or a double', async () => {
  const { lookback, live, shown } = setup();
  await lookback.show(70);
  while (lookback.detached) {
    live();
    await lookback.newer();
  }
  const last = shown()[shown().length - 1] ?? 0;
  expect(shown()).toEqual(
    Array.from({ length: shown().length }, (_, i) => last - shown().length + 1 + i),
  );
  live();
  expect(shown()[shown().length - 1]).toBe(last + 1);
});

test('a message is shown with what stands around it', async () => {
  const { lookback, shown } = setup();
  expect(await lookback.show(30)).toBe(true);
  expect(shown()).toEqual(Array.from({ length: 20 }, (_, index) => 20 + index));
});

test('a message that is gone is shown by the first after it, one of the future not at all', async () => {
  const { lookback, log, shown } = setup();
  log.splice(29, 1);
  expect(await lookback.show(30)).toBe(true);
  expect(shown()).toContain(31);
  expect(await lookback.show(500)).toBe(false);
});

test('a message just before the tail is shown in one window with it', async () => {
  const { lookback, ends } = setup();
  expect(await lookback.show(88)).toBe(true);
  expect([ends(), lookback.detached]).toEqual([[78, 100], false]);
});

test('a message far up is not lost again where the tail is long', async () => {
  const { lookback, live, shown } = setup();
  for (let count = 0; count < 30; count += 1) live();
  expect(await lookback.show(86)).toBe(true);
  expect(shown()).toContain(86);
  expect(shown().length).toBeLessThanOrEqual(40);
});

test('what is in view is shown without asking', async () => {
  const { lookback, offline } = setup();
  offline();
  expect(await lookback.show(95)).toBe(true);
  expect(await lookback.show(5)).toBe(false);
});

test('while offline looking back fails quietly, and can be tried again', async () => {
  const { lookback, offline, ends } = setup();
  offline();
  await lookback.older();
  expect([ends(), lookback.beyondTop]).toEqual([[91, 100], 'some']);
});

test('the last wish counts: newest messages asked for meanwhile stay in view', async () => {
  const { lookback, hold, letGo, ends } = setup();
  await lookback.show(50);
  hold();
  const wish = lookback.show(20);
  lookback.latest();
  await letGo();
  expect(await wish).toBe(false);
  expect(ends()).toEqual([91, 100]);
});

test('while older messages are on their way nothing leaves in front of them', async () => {
  const { lookback, live, hold, letGo, shown } = setup();
  for (let count = 0; count < 30; count += 1) live();
  hold();
  void lookback.older();
  expect(lookback.beyondTop).toBe('loading');
  live();
  await letGo();
  expect(shown()[0]).toBe(81);
  expect(lookback.detached).toBe(true);
});

test('what the tail loses while newer messages are on their way is not passed over', async () => {
  const { lookback, live, hold, letGo, ends } = setup(97);
  await lookback.show(78);
  expect(ends()).toEqual([68, 87]);
  hold();
  void lookback.newer();
  for (let count = 0; count < 20; count += 1) live();
  await letGo();
  expect([ends(), lookback.detached]).toEqual([[68, 97], true]);
  await lookback.newer();
  expect([ends()[1], lookback.detached]).toEqual([117, false]);
});

test('a removed message leaves both windows', async () => {
  const { lookback, shown } = setup();
  await lookback.show(30);
  lookback.remove(35);
  lookback.remove(99);
  expect(shown()).not.toContain(35);
  lookback.latest();
  expect(shown()).not.toContain(99);
});

test('a message that comes again under a later number leaves its former place in the past', async () => {
  const { lookback, shown } = setup();
  await lookback.show(30);
  lookback.append([message(200, 'm35')]);
  expect(shown()).not.toContain(35);
});

test('a new history puts an end to looking back', async () => {
  const { lookback, ends } = setup();
  await lookback.show(30);
  lookback.reset(range(1, 3));
  expect([ends(), lookback.detached]).toEqual([[0, 3], false]);
});

test('an own message that is acknowledged from long ago does not stand in front of a hole', () => {
  const { lookback, ends } = setup();
  lookback.stored(message(20));
  expect(ends()).toEqual([91, 100]);
});

test('one more message among thousands costs little', () => {
  const lookback = new Lookback({
    ask: () => Promise.resolve(undefined),
    mark: () => undefined,
    changed: () => undefined,
  });
  lookback.begin(range(1, 5_000));
  const begun = performance.now();
  for (let seq = 5_001; seq <= 5_200; seq += 1) lookback.append([message(seq)]);
  expect(lookback.entries).toHaveLength(5_000);
  // Some 0.05 ms each; copying the map of numbers as well would take ten times as long.
  expect(performance.now() - begun).toBeLessThan(200);
});
