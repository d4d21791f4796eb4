import { afterEach, beforeEach, expect, test, vi } from 'vitest';

import { desk } from '../src/state/desk';
import { message, seqs, settle, setup } from './phone';
import { FakeStorage, shelf, twoTabs } from './storage';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

test('after a reload the phone goes back into its rooms: the open one first, the others with less', async () => {
  const storage = new FakeStorage();
  const before = setup(shelf(storage));
  await before.come();
  for (const room of ['one', 'two', 'three']) before.model.open(room);
  before.kept.flush();
  const { come, joins, model } = setup(shelf(storage));
  expect(model.joined.value).toEqual(['three', 'two', 'one']);
  model.open('one');
  await come();
  expect(joins).toEqual([
    { room: 'one' },
    { room: 'three', limit: 20 },
    { room: 'two', limit: 20 },
  ]);
  expect(model.joined.value).toEqual(['one', 'three', 'two']);
});

test('of many rooms, eight are gone back into beside the open one', async () => {
  const storage = new FakeStorage();
  const before = setup(shelf(storage));
  for (let room = 0; room < 12; room += 1) before.model.open(`room${room}`);
  before.kept.flush();
  const { come, joins, model } = setup(shelf(storage));
  model.open('room0');
  await come();
  expect(joins).toHaveLength(9);
});

test('a room with drafts that is opened before its turn comes is entered at once', async () => {
  const storage = new FakeStorage();
  const before = setup(shelf(storage));
  before.model.post('one', '1');
  before.model.post('two', '2');
  before.kept.flush();
  const { come, joins, model, other, posts } = setup(shelf(storage));
  // The first room is never done.
  other.join = new Promise(() => undefined);
  await come();
  delete other.join;
  model.open('two');
  await settle();
  expect(joins.map(({ room }) => room)).toEqual(['two']);
  expect(model.open('two').value.phase).toBe('live');
  expect(posts.map(({ text }) => text)).toEqual(['2']);
});

test('drafts of a room that nobody opens go out as well, also where it is one of many', async () => {
  const storage = new FakeStorage();
  const before = setup(shelf(storage));
  before.model.post('old', 'one');
  before.model.post('old', 'two');
  for (let room = 0; room < 12; room += 1) before.model.open(`room${room}`);
  before.kept.flush();
  const { come, posts, model } = setup(shelf(storage));
  expect(model.waiting.value).toBe(0);
  await settle();
  expect(model.waiting.value).toBe(2);
  await come();
  expect(posts.map(({ room, text }) => [room, text])).toEqual([
    ['old', 'one'],
    ['old', 'two'],
  ]);
  await settle();
  expect(model.waiting.value).toBe(0);
});

test('a room gone back into with a few messages gets more when it is opened', async () => {
  const storage = new FakeStorage();
  const before = setup(shelf(storage));
  before.model.open('one');
  before.kept.flush();
  const { come, model, other } = setup(shelf(storage));
  await come();
  other.history = { ok: true, messages: [message('one', 10)], more: true };
  model.open('one');
  await settle();
  expect(seqs(model, 'one')[0]).toBe(10);
});

test('a room that was left is not gone back into, and nothing of it stays', async () => {
  const storage = new FakeStorage();
  const { come, model, kept } = setup(shelf(storage));
  await come();
  model.open('one');
  await settle();
  model.leave('one');
  kept.flush();
  expect(kept.keys('cache.')).toEqual([]);
  const after = setup(shelf(storage));
  await after.come();
  expect([after.joins, after.model.joined.value]).toEqual([[], []]);
});

test('unread messages are counted in rooms that are not looked at, mentions with them', async () => {
  const { come, model, socket } = setup();
  await come();
  model.open('one');
  model.open('two');
  await settle();
  expect(model.unread.value.size).toBe(0);
  socket.fire('message', message('one', 31));
  socket.fire('message', message('one', 32, '@anna hi'));
  await settle();
  expect([...model.unread.value]).toEqual([['one', { count: 2, mentions: 1 }]]);
  model.read('one', 32);
  await settle();
  expect(model.unread.value.size).toBe(0);
});

test('of a room that the phone is not in, it is only known that something was said', async () => {
  const storage = new FakeStorage();
  const before = setup(shelf(storage));
  for (let room = 0; room < 12; room += 1) before.model.open(`room${room}`);
  await before.come();
  before.kept.flush();
  const { come, list, model } = setup(shelf(storage));
  const info = (name: string, seq: number) => ({
    name,
    count: 1,
    locked: false,
    last: { seq, name: 'you', text: '' },
  });
  list(info('room0', 31), info('room1', 30), info('never', 99));
  await come();
  expect([...model.unread.value]).toEqual([['room0', { count: -1, mentions: 0 }]]);
});

test('what another tab has read is read here too', async () => {
  const [one, two] = twoTabs();
  const tabs = [setup(one), setup(two)];
  for (const { come, model } of tabs) {
    model.open('one');
    await come();
  }
  for (const { socket } of tabs) socket.fire('message', message('one', 31));
  await settle();
  expect(tabs[1]?.model.unread.value.get('one')?.count).toBe(1);
  tabs[0]?.model.read('one', 31);
  await vi.advanceTimersByTimeAsync(2_000);
  expect(tabs[1]?.model.unread.value.size).toBe(0);
});

test('what another tab wrote and could not send is sent from here, and shown as waiting', async () => {
  const [one, two] = twoTabs();
  const [gone, here] = [setup(one), setup(two)];
  here.model.open('one');
  await here.come();
  gone.model.post('one', 'hello');
  gone.model.post('only there', 'hello');
  await vi.advanceTimersByTimeAsync(1_000);
  expect(here.posts).toEqual([]);
  await vi.advanceTimersByTimeAsync(20_000);
  expect(here.posts.map(({ room }) => room).sort()).toEqual(['one', 'only there']);
  expect(gone.model.open('one').value.drafts).toEqual([]);
});

test('more than two hundred waiting messages are refused, and it is said until there is room', async () => {
  const { come, model } = setup();
  for (let count = 0; count < 200; count += 1) expect(model.post('one', 'x')).toBe(true);
  expect(model.post('one', 'x')).toBe(false);
  expect(model.full.value).toBe(true);
  await come();
  await settle();
  expect([model.full.value, model.waiting.value]).toEqual([false, 0]);
});

test('forgetting leaves nothing on the phone and nobody in the gateway', async () => {
  const storage = new FakeStorage();
  const { come, model, socket, kept } = setup(shelf(storage));
  await come();
  model.open('one');
  model.post('one', 'x');
  await settle();
  model.forget();
  await settle();
  kept.flush();
  expect([...storage.kept]).toEqual([]);
  expect(socket.active).toBe(false);
  expect([model.status.value, model.me.value, model.joined.value]).toEqual(['idle', undefined, []]);
  expect(model.remembered()).toEqual({ name: '', code: '' });
});

test('who is forgotten in one tab is not kept again by another', async () => {
  const storage = new FakeStorage();
  const [first, second] = twoTabs(storage);
  const one = setup(first);
  const two = setup(second);
  await one.come();
  await two.come();
  two.model.open('one');
  desk('one').text = 'half a thought';
  await settle();
  one.model.forget();
  await settle();
  expect([two.model.status.value, two.model.me.value]).toEqual(['idle', undefined]);
  expect(two.model.remembered()).toEqual({ name: '', code: '' });
  second.flush();
  expect([...storage.kept]).toEqual([]);
  expect(desk('one').text).toBe('');
});
