import { expect, test } from 'vitest';

import { Cursor } from '../src/connection/cursor';

test('a reader without a page asks for the newest', () => {
  expect(new Cursor().ask).toEqual({});
});

test('a page moves the cursor and ties it to its store', () => {
  const cursor = new Cursor();
  cursor.page({ next: 7, more: false }, 'A');
  expect(cursor.ask).toEqual({ since: 7, log: 'A' });
});

test('live messages move the cursor once a page has said that there is no more', () => {
  const cursor = new Cursor();
  cursor.page({ next: 7, more: false }, 'A');
  cursor.live(9);
  expect(cursor.since).toBe(9);
});

test('live messages do not move the cursor over pages that are still to come', () => {
  const cursor = new Cursor();
  cursor.page({ next: 7, more: true }, 'A');
  cursor.live(90);
  expect(cursor.since).toBe(7);
  cursor.page({ next: 89, more: false }, 'A');
  cursor.live(91);
  expect(cursor.since).toBe(91);
});

test('after a loss live messages wait for a page again', () => {
  const cursor = new Cursor();
  cursor.page({ next: 7, more: false }, 'A');
  cursor.lost();
  cursor.live(90);
  expect(cursor.ask).toEqual({ since: 7, log: 'A' });
});

test('a live message of the past does not move the cursor back', () => {
  const cursor = new Cursor();
  cursor.page({ next: 7, more: false }, 'A');
  cursor.live(3);
  expect(cursor.since).toBe(7);
});

test('another store takes over with its own numbers, lower ones too', () => {
  const cursor = new Cursor();
  cursor.page({ next: 700, more: false }, 'A');
  cursor.page({ next: 3, more: false }, 'B');
  expect(cursor.ask).toEqual({ since: 3, log: 'B' });
});
