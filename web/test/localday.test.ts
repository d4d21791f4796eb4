import { afterEach, expect, test } from 'vitest';

import type { Entry } from '../src/connection/timeline';
import { dateOf, dayFormat, firstOf } from '../src/state/localday';
import { dayOf } from '../src/state/time';

const zone = process.env.TZ;
afterEach(() => {
  process.env.TZ = zone;
});

const at = (seq: number, time: number): Entry => ({
  kind: 'message',
  seq,
  message: { room: 'live', seq, id: `${seq}`, from: { id: 'a', name: 'A' }, at: time },
});

test('a day is the reader’s own, and has one name everywhere', () => {
  process.env.TZ = 'Asia/Seoul';
  const day = dayOf(Date.UTC(2026, 2, 3, 16));
  expect(dateOf(day)).toBe('2026-03-04');
  process.env.TZ = 'America/New_York';
  expect(dateOf(dayOf(Date.UTC(2026, 2, 3, 4)))).toBe('2026-03-02');
  expect(dayFormat('en', { dateStyle: 'full' })(day)).toBe('Wednesday, March 4, 2026');
});

test('in a zone with half hours the first message of the day is found past the hour’s', () => {
  process.env.TZ = 'Asia/Kolkata';
  // Midnight there is 18:30 UTC; the gateway’s hour begins at 18:00.
  const entries: Entry[] = [
    { kind: 'gap', seq: 1 },
    at(2, Date.UTC(2026, 2, 3, 18, 10)),
    at(3, Date.UTC(2026, 2, 3, 18, 40)),
    at(4, Date.UTC(2026, 2, 3, 20)),
  ];
  const day = dayOf(Date.UTC(2026, 2, 3, 19));
  expect(firstOf(day, entries)).toBe(3);
  expect(firstOf(day + 1, entries)).toBeUndefined();
});
