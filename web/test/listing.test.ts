import { expect, test } from 'vitest';

import { Listing } from '../src/connection/listing';
import type { Message, RoomInfo } from '../src/connection/wire';

const room = (name: string, seq?: number): RoomInfo => ({
  name,
  count: 1,
  locked: seq === undefined,
  last_at: 1,
  ...(seq === undefined ? {} : { last: { seq, name: 'Anna', text: `told ${seq}` } }),
});

const said = (name: string, seq: number, text: string): Message => ({
  room: name,
  seq,
  id: `id${seq}`,
  from: { id: 'a', name: 'Bob' },
  text,
  at: 5,
});

const lines = (listing: Listing) =>
  listing.rooms.map(({ name, last }) => `${name}: ${last?.text ?? '-'}`);

test('a line of our own room is in the list before the gateway tells the list again', () => {
  const listing = new Listing();
  listing.told([room('live', 3), room('kitchen', 2)]);
  expect(listing.heard(said('live', 4, 'heard\n 4'))).toBe(true);
  expect(lines(listing)).toEqual(['live: heard 4', 'kitchen: told 2']);
  expect(listing.rooms[0]?.last_at).toBe(5);
  listing.told([room('live', 6), room('kitchen', 2)]);
  expect(lines(listing)).toEqual(['live: told 6', 'kitchen: told 2']);
});

test('who is behind a lock sees what was said there last', () => {
  const listing = new Listing();
  listing.told([room('secret')]);
  expect(lines(listing)).toEqual(['secret: -']);
  listing.heard(said('secret', 4, 'psst'));
  expect(lines(listing)).toEqual(['secret: psst']);
  listing.left('secret');
  expect(lines(listing)).toEqual(['secret: -']);
});

test('what was heard of a room that is not in the list is not kept', () => {
  const listing = new Listing();
  expect(listing.heard(said('live', 4, 'lost'))).toBe(false);
  listing.told([room('live', 3)]);
  listing.heard(said('live', 4, 'heard'));
  listing.told([]);
  listing.told([room('live', 3)]);
  expect(lines(listing)).toEqual(['live: told 3']);
  expect(listing.last('live')).toBe(3);
  expect(listing.last('nowhere')).toBe(0);
});
