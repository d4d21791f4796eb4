import { afterEach, beforeEach, expect, test, vi } from 'vitest';

import { Drafts } from '../src/connection/drafts';
import { Outbox } from '../src/connection/outbox';
import type { Shelf } from '../src/connection/shelf';
import type { Answer, Posted } from '../src/connection/wire';
import { FakeStorage, forbidden, shelf, twoTabs } from './storage';

/** What the gateway has relayed: each id once. */
class Room {
  readonly relayed: string[] = [];
  readonly #ids = new Set<string>();

  post(id: string, text: string): Promise<Answer<Posted>> {
    if (!this.#ids.has(id)) this.relayed.push(text);
    this.#ids.add(id);
    return Promise.resolve({ ok: true, id, seq: this.relayed.length, at: 0 });
  }
}

let ids = 0;

function tab(kept: Shelf, room = new Room(), name = 'live') {
  const drafts = new Drafts(kept);
  const outbox = new Outbox({
    room: name,
    drafts,
    post: ({ id, text }) => room.post(id, text),
    stored: () => undefined,
    changed: () => undefined,
    newId: () => `id${(ids += 1)}`,
  });
  drafts.watch((_, id, isThere) => {
    if (!isThere) outbox.gone(id);
  });
  return { drafts, outbox, room, texts: () => outbox.drafts.map(({ text }) => text) };
}
const settle = () => vi.advanceTimersByTimeAsync(0);

beforeEach(() => {
  ids = 0;
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

test('what was written outlives a reload, in order, with what it answers', async () => {
  const storage = new FakeStorage();
  const before = tab(shelf(storage));
  before.outbox.add('one');
  before.outbox.add('two', 7);
  before.outbox.add('three');
  const after = tab(shelf(storage));
  expect(after.texts()).toEqual(['one', 'two', 'three']);
  expect(after.outbox.drafts[1]?.replyTo).toBe(7);
  after.outbox.start();
  await settle();
  expect(after.room.relayed).toEqual(['one', 'two', 'three']);
  expect(tab(shelf(storage)).texts()).toEqual([]);
});

test('the order does not hang on a clock', () => {
  const storage = new FakeStorage();
  vi.setSystemTime(new Date('2040-01-01'));
  tab(shelf(storage)).outbox.add('one');
  vi.setSystemTime(new Date('1970-01-02'));
  tab(shelf(storage)).outbox.add('two');
  expect(tab(shelf(storage)).texts()).toEqual(['one', 'two']);
});

test('a reload in the middle of sending sends again under the same id: it is relayed once', async () => {
  const storage = new FakeStorage();
  const room = new Room();
  const before = tab(shelf(storage), room);
  before.outbox.add('one');
  before.outbox.add('two');
  before.outbox.start();
  // The first has reached the gateway; its acknowledgement does not reach this page any more.
  const after = tab(shelf(storage), room);
  after.outbox.start();
  await settle();
  expect(room.relayed).toEqual(['one', 'two']);
});

test('a draft that was refused for good stays refused after a reload', async () => {
  const storage = new FakeStorage();
  const room = new Room();
  room.post = () => Promise.resolve({ ok: false, error: { code: 'too_long', message: '' } });
  const before = tab(shelf(storage), room);
  before.outbox.add('one');
  before.outbox.start();
  await settle();
  const after = tab(shelf(storage), new Room());
  after.outbox.start();
  await settle();
  expect(after.room.relayed).toEqual([]);
  expect(after.outbox.drafts[0]).toMatchObject({ state: 'failed', error: { code: 'too_long' } });
  after.outbox.discard('id1');
  expect(tab(shelf(storage)).texts()).toEqual([]);
});

test('two tabs with the same drafts relay each once, and in order', async () => {
  const [one, two] = twoTabs();
  const room = new Room();
  const first = tab(one, room);
  first.outbox.add('one');
  first.outbox.add('two');
  const second = tab(two, room);
  second.outbox.add('three');
  first.outbox.start();
  second.outbox.start();
  await settle();
  expect(room.relayed).toEqual(['one', 'two', 'three']);
  expect([first.texts(), second.texts()]).toEqual([[], []]);
});

test('what one tab got acknowledged leaves the other, which is not connected', async () => {
  const [one, two] = twoTabs();
  const first = tab(one);
  first.outbox.add('one');
  const second = tab(two);
  expect(second.texts()).toEqual(['one']);
  first.outbox.start();
  await settle();
  expect(second.texts()).toEqual([]);
});

test('what was written in a tab that is gone goes out with the next connection of another', async () => {
  const [one, two] = twoTabs();
  const second = tab(two);
  tab(one).outbox.add('from a closed tab');
  second.outbox.start();
  await settle();
  expect(second.room.relayed).toEqual(['from a closed tab']);
});

test('rooms with dots in their names are told apart', () => {
  const kept = shelf();
  tab(kept, new Room(), 'a').outbox.add('in a');
  tab(kept, new Room(), 'a.b').outbox.add('in a.b');
  expect(new Drafts(kept).rooms).toEqual(['a', 'a.b']);
  expect(tab(kept, new Room(), 'a').texts()).toEqual(['in a']);
});

test('over all rooms no more than 200 wait', () => {
  const kept = shelf();
  const one = tab(kept, new Room(), 'one');
  for (let count = 0; count < 199; count += 1) one.outbox.add('x');
  const two = tab(kept, new Room(), 'two');
  expect(two.outbox.add('the last')).toBeDefined();
  expect(two.outbox.add('one too many')).toBeUndefined();
  expect(one.outbox.add('one too many')).toBeUndefined();
});

test('without storage it works as long as the page lives', async () => {
  const only = tab(forbidden());
  only.outbox.add('one');
  only.outbox.start();
  await settle();
  expect(only.room.relayed).toEqual(['one']);
  expect(only.texts()).toEqual([]);
});

test('a draft that somebody has damaged is left out', () => {
  const kept = shelf();
  kept.write('draft.live.x', '{"text":3}');
  kept.write('draft.live.y', 'no JSON');
  kept.write('draft.live.z', '{"text":"fine"}');
  expect(tab(kept).texts()).toEqual(['fine']);
});

test('leaving a room takes its drafts along', () => {
  const kept = shelf();
  const left = tab(kept);
  left.outbox.add('one');
  left.outbox.clear();
  expect(new Drafts(kept).rooms).toEqual([]);
});
