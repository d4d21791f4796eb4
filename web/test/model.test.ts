import { afterEach, beforeEach, expect, test, vi } from 'vitest';

import { hello, me, message, seqs, settle, setup } from './phone';
import { FakeStorage, forbidden, shelf } from './storage';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

test('since when there is no connection is known', async () => {
  const { come, model, socket } = setup();
  expect(model.lostAt.value).toBeUndefined();
  vi.setSystemTime(1_000);
  model.enter('Anna');
  expect(model.lostAt.value).toBe(1_000);
  await come();
  expect([model.lostAt.value, model.transport.value]).toEqual([undefined, 'polling']);
  socket.upgrade();
  expect(model.transport.value).toBe('websocket');
  vi.setSystemTime(5_000);
  socket.drop();
  vi.setSystemTime(9_000);
  model.wake();
  expect([model.lostAt.value, model.transport.value]).toEqual([5_000, undefined]);
});

test('the gateway’s clock is used where the phone’s is wrong', () => {
  const { model, socket } = setup();
  vi.setSystemTime(new Date('1970-01-02'));
  const now = Date.parse('2026-11-22');
  model.enter('Anna');
  socket.greet({ ...hello, now });
  vi.setSystemTime(new Date('1970-01-02').getTime() + 60_000);
  expect(model.now()).toBe(now + 60_000);
  // The gateway has learnt the time.
  socket.fire('gateway', { storing: true, clock: true, now: now + 86_400_000 });
  expect(model.now()).toBe(now + 86_400_000);
});

test('each handshake tells what the phone’s clock shows by then', () => {
  const { model, auth } = setup();
  model.enter('Anna');
  for (const now of [5_000, 6_000]) {
    vi.setSystemTime(now);
    expect(auth()).toEqual({ name: 'Anna', now });
  }
});

test('a quoted message is fetched once, and again after a connection was lost meanwhile', async () => {
  const { come, model, socket, other, asked } = setup();
  await come();
  model.open('one');
  await settle();
  other.history = { ok: true, messages: [message('one', 2, 'quoted')], more: true };
  const quoted = model.original('one', 2);
  const gone = model.original('one', 1);
  expect(model.original('one', 2)).toBe(quoted);
  expect(quoted.value).toBeUndefined();
  await settle();
  expect([quoted.value?.text, gone.value, asked('history')]).toEqual(['quoted', null, 2]);
  expect(model.original('one', 30).value).toBeUndefined();
  await settle();
  expect([model.original('one', 30).value?.seq, asked('history')]).toEqual([30, 2]);
  socket.fire('removed', { room: 'one', seq: 30 });
  expect(model.original('one', 30).value).toBeNull();
  socket.drop();
  const late = model.original('one', 3);
  await settle();
  expect(late.value).toBeUndefined();
  other.history = { ok: true, messages: [message('one', 3, 'late')], more: true };
  socket.greet(hello);
  await settle();
  expect(late.value?.text).toBe('late');
});

test('the whole of a room is read page by page, also where the gateway says not so fast', async () => {
  const { come, model, socket } = setup();
  await come();
  const pages = [
    { ok: true, messages: [message('one', 1), message('one', 2)], more: true },
    { ok: false, error: { code: 'rate', message: '', retry_after_ms: 300 } },
    { ok: true, messages: [message('one', 3)], more: false },
  ];
  const asked: unknown[] = [];
  socket.answer = (_, argument) => {
    asked.push(argument);
    return Promise.resolve(pages.shift());
  };
  const read: number[] = [];
  const all = (async () => {
    for await (const page of model.history('one')) read.push(...page.map(({ seq }) => seq));
  })();
  await vi.advanceTimersByTimeAsync(1_000);
  await all;
  expect(read).toEqual([1, 2, 3]);
  expect(asked).toEqual([0, 2, 2].map((after) => ({ room: 'one', after })));
});

test('an export that breaks off says so', async () => {
  const { come, model, socket } = setup();
  await come();
  model.open('one');
  socket.drop();
  await expect(model.history('one').next()).rejects.toThrow();
});

test('without storage nothing breaks, and it is known', async () => {
  const { come, model, posts } = setup(forbidden());
  expect(model.keeps.value).toBe(false);
  model.open('one');
  model.post('one', 'x');
  await come();
  await settle();
  expect(posts).toHaveLength(1);
  expect(model.open('one').value.phase).toBe('live');
});

test('the shell shows offline what the phone has, own messages as one’s own', async () => {
  const storage = new FakeStorage();
  const before = setup(shelf(storage));
  before.model.open('one');
  await before.come();
  before.kept.flush();
  const { model } = setup(shelf(storage));
  expect(seqs(model, 'one')).toHaveLength(25);
  expect([model.me.value, model.status.value]).toEqual([me, 'idle']);
});
