import { afterEach, beforeEach, expect, test, vi } from 'vitest';

import { roomEvents } from '../src/connection/events';
import { me, message, page, refuse, settle, setup } from './room';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

test('a first visit asks for the newest messages and is live', async () => {
  const { channel, joins, pages, shown, view } = setup();
  pages.push(page({ messages: [message(1), message(2)], next: 2, count: 3 }));
  void channel.connected('A');
  await settle();
  expect(joins).toEqual([{ room: 'live' }]);
  expect(shown()).toEqual(['m1', 'm2']);
  expect(view()).toMatchObject({ phase: 'live', count: 3 });
});

test('a return asks from the cursor on, page after page until there is no more', async () => {
  const { channel, joins, pages, shown, view } = setup();
  pages.push(page({ messages: [message(1)], next: 1 }));
  void channel.connected('A');
  await settle();
  channel.log.message(message(2));
  channel.lost();
  expect(view().phase).toBe('away');
  pages.push(page({ messages: [message(3)], next: 3, more: true }));
  pages.push(page({ messages: [message(4)], next: 4 }));
  void channel.connected('A');
  await settle();
  expect(joins.slice(1)).toEqual([
    { room: 'live', since: 2, log: 'A' },
    { room: 'live', since: 3, log: 'A' },
  ]);
  expect(shown()).toEqual(['m1', 'm2', 'm3', 'm4']);
  expect(view().phase).toBe('live');
});

test('a loss between two pages goes on where the last page ended, not at the live messages', async () => {
  const { channel, joins, pages, shown } = setup();
  pages.push(page({ messages: [message(1)], next: 1, more: true }));
  void channel.connected('A');
  channel.log.message(message(50));
  await settle();
  channel.log.message(message(51));
  channel.lost();
  pages.push(page({ messages: [message(2), message(50), message(51)], next: 51 }));
  void channel.connected('A');
  await settle();
  expect(joins[joins.length - 1]).toEqual({ room: 'live', since: 1, log: 'A' });
  expect(shown()).toEqual(['m1', 'm2', 'm50', 'm51']);
});

test('what is gone between is shown as a gap', async () => {
  const { channel, pages, shown } = setup();
  pages.push(page({ messages: [message(1)], next: 1 }));
  void channel.connected('A');
  await settle();
  channel.lost();
  pages.push(page({ messages: [message(90)], next: 90, gap: true }));
  void channel.connected('A');
  await settle();
  expect(shown()).toEqual(['m1', 'gap', 'm90']);
});

test('another store is shown as a reset, and its cursor is kept with its name', async () => {
  const { channel, joins, pages, shown } = setup();
  pages.push(page({ messages: [message(900)], next: 900 }));
  void channel.connected('A');
  await settle();
  channel.lost();
  pages.push(page({ messages: [message(1)], next: 1, reset: true }));
  void channel.connected('B');
  await settle();
  expect(shown()).toEqual(['reset', 'm1']);
  channel.lost();
  pages.push(page({ next: 1 }));
  void channel.connected('B');
  await settle();
  expect(joins[2]).toEqual({ room: 'live', since: 1, log: 'B' });
});

test('the outbox waits for the first page, and goes out before the last', async () => {
  const { channel, posts, pages } = setup();
  channel.outbox.add('hello');
  expect(posts).toEqual([]);
  pages.push(page({ next: 1, more: true }));
  void channel.connected('A');
  await settle();
  expect(posts.map(({ text }) => text)).toEqual(['hello']);
});

test('a post goes to the room as the gateway calls it', async () => {
  const { channel, posts, pages } = setup('Live ');
  pages.push(page());
  void channel.connected('A');
  await settle();
  channel.outbox.add('hello');
  expect(posts[0]?.room).toBe('live');
});

test('a locked room waits for its key, and uses it again after a loss', async () => {
  const { channel, joins, pages, view } = setup();
  pages.push(refuse('locked'));
  void channel.connected('A');
  await settle();
  expect(view()).toMatchObject({ phase: 'locked', error: undefined });
  pages.push(refuse('locked'));
  channel.knock('wrong');
  await settle();
  expect(view().error?.code).toBe('locked');
  pages.push(page());
  channel.knock('right');
  await settle();
  expect(view()).toMatchObject({ phase: 'live', error: undefined });
  channel.lost();
  pages.push(page());
  void channel.connected('A');
  await settle();
  expect(joins.map(({ key }) => key)).toEqual([undefined, 'wrong', 'right', 'right']);
});

test('a join refused for the moment is tried again after its time', async () => {
  const { channel, joins, pages, view } = setup();
  pages.push(refuse('busy', 300), page());
  void channel.connected('A');
  await vi.advanceTimersByTimeAsync(299);
  expect(joins).toHaveLength(1);
  expect(view().error?.code).toBe('busy');
  await vi.advanceTimersByTimeAsync(1);
  expect(view()).toMatchObject({ phase: 'live', error: undefined });
});

test('a join refused for good is not repeated until the person asks', async () => {
  const { channel, joins, pages, view } = setup();
  pages.push(refuse('bad_request'), page());
  void channel.connected('A');
  await vi.advanceTimersByTimeAsync(120_000);
  expect(joins).toHaveLength(1);
  expect(view()).toMatchObject({ phase: 'refused', error: { code: 'bad_request' } });
  channel.knock();
  await settle();
  expect(view().phase).toBe('live');
});

test('an answer of a lost connection is void', async () => {
  const { channel, pages, shown } = setup();
  pages.push(page({ messages: [message(1)], next: 1 }));
  void channel.connected('A');
  channel.lost();
  await settle();
  expect(shown()).toEqual([]);
});

test('who comes while the answer is still being read is there, and stays with the pages after it', async () => {
  const { channel, pages, view } = setup();
  const said = roomEvents(new Map([['live', channel]]), vi.fn(), vi.fn());
  const you = { id: 'you', name: 'You' };
  for (const more of [true, false]) pages.push(page({ members: [me], count: 1, more }));
  void channel.connected('A');
  said.joined({ room: 'live', member: you, count: 2 });
  said.renamed({ room: 'live', member: { ...you, name: '너' } });
  await settle();
  expect(view()).toMatchObject({ phase: 'live', count: 2 });
  expect(channel.members.list.map(({ name }) => name)).toEqual(['나', '너']);
  said.left({ room: 'live', member: you, count: 1 });
  expect(view().count).toBe(1);
});

test('presence and removal are shown', async () => {
  const { channel, pages, shown, view } = setup();
  pages.push(page({ messages: [message(1), message(2)], next: 2 }));
  void channel.connected('A');
  await settle();
  channel.present(7);
  channel.log.removed(1);
  expect(view().count).toBe(7);
  expect(shown()).toEqual(['m2']);
});
