import { afterEach, beforeEach, expect, test, vi } from 'vitest';

import type { JoinRequest, Joined, Message, PostRequest, RoomInfo } from '../src/connection/wire';
import { desk } from '../src/state/desk';
import { createModel, type Model } from '../src/state/model';
import { FakeSocket } from './socket';
import { FakeStorage, forbidden, shelf, twoTabs } from './storage';

const me = { id: 'me', name: 'Anna' };
const hello = { ...me, token: 't', log: 'A', storing: true, clock: true };
const message = (room: string, seq: number, text = ''): Message => ({
  room,
  seq,
  id: `${room}${seq}`,
  from: { id: 'you', name: 'you' },
  text,
  at: 0,
});

/** A page on a socket whose gateway has 30 messages in each room. */
function setup(kept = shelf()) {
  const socket = new FakeSocket();
  const joins: JoinRequest[] = [];
  const posts: PostRequest[] = [];
  let rooms: readonly RoomInfo[] = [];
  const other: Record<string, unknown> = {};
  socket.answer = (event, argument) => {
    if (!socket.connected) return Promise.reject(new Error('not connected'));
    if (event in other) return Promise.resolve(other[event]);
    if (event === 'rooms') return Promise.resolve({ ok: true, rooms });
    if (event === 'join') {
      const request = argument as JoinRequest;
      joins.push(request);
      const { room, since, limit = 25 } = request;
      const all = Array.from({ length: 30 }, (_, index) => message(room, index + 1));
      const messages = since === undefined ? all.slice(-limit) : all.slice(since);
      const page: Joined = {
        room,
        members: [me],
        count: 1,
        messages,
        next: 30,
        more: false,
        gap: false,
        reset: false,
      };
      return Promise.resolve({ ok: true, ...page });
    }
    if (event === 'message') {
      posts.push(argument as PostRequest);
      return Promise.resolve({ ok: true, seq: 30 + posts.length, at: 0 });
    }
    return Promise.resolve({ ok: false, error: { code: 'unsupported', message: '' } });
  };
  const model = createModel({ shelf: kept, open: () => socket as never });
  return {
    socket,
    joins,
    posts,
    model,
    kept,
    other,
    list: (...infos: RoomInfo[]) => (rooms = infos),
    come: async () => {
      model.enter('Anna');
      socket.greet(hello);
      await settle();
    },
    asked: (event: string) => socket.emitted.filter(([name]) => name === event).length,
  };
}
const settle = () => vi.advanceTimersByTimeAsync(0);
const seqs = (model: Model, room: string) => model.open(room).value.entries.map(({ seq }) => seq);

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
  expect(model.notice.value).toBe('outbox_full');
  await come();
  await settle();
  expect([model.notice.value, model.waiting.value]).toEqual([undefined, 0]);
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
