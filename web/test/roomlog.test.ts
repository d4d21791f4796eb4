import { afterEach, beforeEach, expect, test, vi } from 'vitest';

import type { Answer, Joined } from '../src/connection/wire';
import { me, message, page, refuse, settle, setup } from './room';
import { shelf } from './storage';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

test('what arrives between two pages of a return is set aside until its place is reached', async () => {
  const { channel, pages, shown, view } = setup();
  pages.push(page({ messages: [message(1)], next: 1 }));
  void channel.connected('A');
  await settle();
  channel.lost();
  const gate: ((answer: Answer<Joined>) => void)[] = [];
  pages.push(page({ messages: [message(2)], next: 2, more: true }));
  pages.push(new Promise((answer) => gate.push(answer)) as never);
  void channel.connected('A');
  await settle();
  channel.log.message(message(9));
  expect([shown(), view().phase, view().arrived]).toEqual([['m1', 'm2'], 'catching-up', 0]);
  gate[0]?.(page({ messages: [message(3)], next: 3 }));
  await settle();
  expect([shown(), view().phase, view().arrived]).toEqual([['m1', 'm2', 'm3', 'm9'], 'live', 1]);
});

test('an own message that is acknowledged while catching up does not vanish meanwhile', async () => {
  const { channel, pages, posts, acknowledge, shown, view } = setup();
  pages.push(page({ messages: [message(1)], next: 1 }));
  void channel.connected('A');
  await settle();
  channel.lost();
  channel.outbox.add('hello');
  const gate: ((answer: Answer<Joined>) => void)[] = [];
  pages.push(page({ messages: [message(2)], next: 2, more: true }));
  pages.push(new Promise((answer) => gate.push(answer)) as never);
  void channel.connected('A');
  await settle();
  const id = posts[0]?.id ?? '';
  channel.log.message(message(9, id, 'me'));
  await acknowledge({ ok: true, id, seq: 9, at: 5 });
  expect(view().drafts.map(({ text }) => text)).toEqual(['hello']);
  gate[0]?.(page({ messages: [message(3)], next: 3 }));
  await settle();
  expect([view().drafts, shown()]).toEqual([[], ['m1', 'm2', 'm3', id]]);
  expect(view().entries[3]?.state).toBe('stored');
});

test('an own message is relayed when it comes back, and stored when it is acknowledged', async () => {
  const { channel, pages, posts, acknowledge, view } = setup();
  pages.push(page({ messages: [message(1, 'old', 'me')], next: 1 }));
  void channel.connected('A');
  await settle();
  channel.outbox.add('hello', 1);
  await settle();
  expect(posts[0]).toEqual({ room: 'live', id: 'id0', text: 'hello', reply_to: 1 });
  channel.log.message(message(2, 'id0', 'me'));
  channel.log.message(message(3, 'elsewhere', 'me'));
  channel.log.message(message(4));
  const states = () => view().entries.map(({ state }) => state);
  expect(states()).toEqual(['stored', 'relayed', undefined, undefined]);
  await acknowledge({ ok: true, id: 'id0', seq: 2, at: 0 });
  expect(states()).toEqual(['stored', 'stored', undefined, undefined]);
  expect(view().arrived).toBe(1);
});

test('an own message is stored, too, when another tab has had it acknowledged', async () => {
  const { channel, pages, view } = setup();
  pages.push(page());
  void channel.connected('A');
  await settle();
  channel.outbox.add('hello');
  await settle();
  channel.log.message(message(2, 'id0', 'me'));
  expect(view().entries[0]?.state).toBe('relayed');
  channel.gone('id0');
  expect(view().entries[0]?.state).toBe('stored');
  expect(view().drafts).toEqual([]);
  channel.gone('never heard of');
});

test('many messages in one go are told once', async () => {
  const { channel, pages, changed } = setup();
  pages.push(page({ messages: [message(1)], next: 1 }));
  void channel.connected('A');
  await settle();
  changed.mockClear();
  for (let seq = 2; seq <= 20; seq += 1) channel.log.message(message(seq));
  await settle();
  expect(changed).toHaveBeenCalledTimes(1);
});

test('a reload shows what the phone has, and joins it with the newest page where they meet', async () => {
  const kept = shelf();
  const before = setup('live', kept);
  before.pages.push(page({ messages: [1, 2, 3, 4].map((seq) => message(seq)), next: 4 }));
  void before.channel.connected('A');
  await settle();
  before.channel.lost();
  kept.flush();
  const { channel, pages, joins, shown, view } = setup('live', kept);
  expect([shown(), view().phase]).toEqual([['m1', 'm2', 'm3', 'm4'], 'away']);
  // 4 was removed meanwhile.
  pages.push(page({ messages: [message(3), message(5)], next: 5 }));
  void channel.connected('A');
  await settle();
  expect([joins[0], shown()]).toEqual([{ room: 'live' }, ['m1', 'm2', 'm3', 'm5']]);
});

test.each([
  ['too much has been said since', 'A', 90],
  ['the gateway has another store', 'B', 3],
])('what the phone has is let go where %s', async (_, log, seq) => {
  const kept = shelf();
  const before = setup('live', kept);
  before.pages.push(page({ messages: [message(3), message(4)], next: 4 }));
  void before.channel.connected('A');
  await settle();
  kept.flush();
  const { channel, pages, shown } = setup('live', kept);
  pages.push(page({ messages: [message(seq, 'new')], next: seq }));
  void channel.connected(log);
  await settle();
  expect(shown()).toEqual(['new']);
});

test('only the newest hundred are kept on the phone, and none from before a gap', async () => {
  const kept = shelf();
  const { channel, pages } = setup('live', kept);
  const many = Array.from({ length: 150 }, (_, index) => message(index + 1));
  pages.push(page({ messages: many, next: 150 }));
  void channel.connected('A');
  await settle();
  kept.flush();
  expect(setup('live', kept).shown()).toHaveLength(100);
  channel.lost();
  pages.push(page({ messages: [message(900)], next: 900, gap: true }));
  void channel.connected('A');
  await settle();
  kept.flush();
  expect(setup('live', kept).shown()).toEqual(['m900']);
});

test('on a first visit nothing is new; later, what others have said since one read', async () => {
  const kept = shelf();
  const { channel, pages, view, places } = setup('live', kept);
  places.opened('live');
  pages.push(page({ messages: [message(1), message(2)], next: 2 }));
  void channel.connected('A');
  await settle();
  expect([view().readTo, channel.unread]).toEqual([2, { count: 0, mentions: 0 }]);
  channel.log.message(message(3));
  channel.log.message(message(4, 'x', 'me'));
  channel.log.message({ ...message(5), text: '@나야, 어디?' });
  expect(channel.unread).toEqual({ count: 2, mentions: 1 });
  channel.log.read(3);
  expect(channel.unread).toEqual({ count: 1, mentions: 1 });
  channel.log.read(1);
  expect(view().readTo).toBe(3);
  kept.flush();
  const after = setup('live', kept);
  expect([after.view().readTo, after.channel.unread.count]).toEqual([3, 1]);
  after.pages.push(page({ messages: [message(9)], next: 9, reset: true }));
  void after.channel.connected('B');
  await settle();
  expect([after.view().readTo, after.channel.unread.count]).toEqual([0, 1]);
});

test('who is meant is decided among those present', async () => {
  const { channel, pages, places } = setup();
  places.opened('live');
  pages.push(page({ members: [me, { id: 'x', name: '나 2' }], count: 2 }));
  void channel.connected('A');
  await settle();
  channel.log.message({ ...message(1), text: '@나 2 안녕' });
  expect(channel.unread).toEqual({ count: 1, mentions: 0 });
});

test('a room’s key outlives a reload, a wrong one does not', async () => {
  const kept = shelf();
  const before = setup('live', kept);
  before.places.opened('live');
  before.pages.push(refuse('locked'), page());
  void before.channel.connected('A');
  await settle();
  before.channel.knock('right');
  await settle();
  kept.flush();
  const { channel, pages, joins } = setup('live', kept);
  pages.push(refuse('locked'));
  void channel.connected('A');
  await settle();
  expect(joins[0]?.key).toBe('right');
  kept.flush();
  const after = setup('live', kept);
  after.pages.push(page());
  void after.channel.connected('A');
  await settle();
  expect(after.joins[0]?.key).toBeUndefined();
});
