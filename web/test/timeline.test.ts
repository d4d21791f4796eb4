import { expect, test } from 'vitest';

import { Timeline } from '../src/connection/timeline';
import type { Message } from '../src/connection/wire';

const message = (seq: number, id = `m${seq}`, from = 'p1'): Message => ({
  room: 'live',
  seq,
  id,
  from: { id: from, name: from },
  text: `text ${seq}`,
  at: 0,
});
const seen = (timeline: Timeline) =>
  timeline.entries.map((entry) => (entry.kind === 'message' ? entry.message.id : entry.kind));

test('messages stand in the order of their numbers, however they arrive', () => {
  const timeline = new Timeline();
  timeline.add([message(5), message(9)]);
  timeline.add([message(1), message(7)]);
  expect(seen(timeline)).toEqual(['m1', 'm5', 'm7', 'm9']);
});

test('the same message from a page and live is shown once', () => {
  const timeline = new Timeline();
  timeline.add([message(5)]);
  timeline.add([message(5)]);
  expect(seen(timeline)).toEqual(['m5']);
});

test('a message that comes again under a later number replaces the earlier', () => {
  const timeline = new Timeline();
  timeline.add([message(5, 'x'), message(6), message(8, 'x')]);
  expect(timeline.entries.map(({ seq }) => seq)).toEqual([6, 8]);
  timeline.add([message(5, 'x')]);
  expect(timeline.entries.map(({ seq }) => seq)).toEqual([6, 8]);
});

test('the same id of two senders is two messages', () => {
  const timeline = new Timeline();
  timeline.add([message(5, 'x', 'p1'), message(6, 'x', 'p2')]);
  expect(timeline.entries).toHaveLength(2);
});

test('a gap stands between what was read and what came after it', () => {
  const timeline = new Timeline();
  timeline.add([message(5)]);
  timeline.gap(5);
  timeline.add([message(900)]);
  expect(seen(timeline)).toEqual(['m5', 'gap', 'm900']);
});

test('a reset forgets the messages of the other store', () => {
  const timeline = new Timeline();
  timeline.add([message(700, 'x')]);
  timeline.reset();
  timeline.add([message(3, 'x')]);
  expect(seen(timeline)).toEqual(['reset', 'x']);
});

test('a removed message is gone, and may come again', () => {
  const timeline = new Timeline();
  timeline.add([message(1), message(2)]);
  timeline.remove(1);
  expect(seen(timeline)).toEqual(['m2']);
  timeline.add([message(1)]);
  expect(seen(timeline)).toEqual(['m1', 'm2']);
});

test('the oldest or the newest leave when there are more than are wanted', () => {
  const timeline = new Timeline();
  timeline.add([1, 2, 3, 4, 5].map((seq) => message(seq)));
  expect(timeline.trim(4, 'oldest')).toBe(true);
  expect(timeline.trim(2, 'newest')).toBe(true);
  expect(seen(timeline)).toEqual(['m2', 'm3']);
  expect(timeline.trim(2, 'newest')).toBe(false);
  expect(timeline.number(message(1))).toBeUndefined();
});

test('an own message that was relayed can only become stored', () => {
  const timeline = new Timeline();
  const states = () => timeline.entries.map(({ state }) => state);
  timeline.add([message(1)], () => 'relayed');
  timeline.add([message(1)], () => 'stored');
  expect(states()).toEqual(['stored']);
  timeline.add([message(1)], () => 'relayed');
  timeline.add([message(1)]);
  expect(states()).toEqual(['stored']);
});

test('two pieces make one, with their remarks', () => {
  const [older, newer] = [new Timeline(), new Timeline()];
  older.add([1, 2, 3].map((seq) => message(seq)));
  newer.add([3, 90].map((seq) => message(seq)));
  newer.gap(3);
  older.merge(newer);
  expect(seen(older)).toEqual(['m1', 'm2', 'm3', 'gap', 'm90']);
});

test('each change makes another array, so that a view can tell', () => {
  const timeline = new Timeline();
  const before = timeline.entries;
  timeline.add([message(1)]);
  expect(timeline.entries).not.toBe(before);
  expect(before).toHaveLength(0);
});
