import { afterEach, beforeEach, expect, test } from 'vitest';

import { brief, dayOf } from '../src/state/time';

const NOW = Date.UTC(2026, 2, 3, 12, 0);
const zone = process.env.TZ;
beforeEach(() => {
  process.env.TZ = 'UTC';
});
afterEach(() => {
  process.env.TZ = zone;
});

test('what was said today shows its time', () => {
  expect(brief('en-GB')(Date.UTC(2026, 2, 3, 9, 5), NOW)).toBe('9:05');
});

test('what was said earlier shows its day', () => {
  expect(brief('en-GB')(Date.UTC(2026, 2, 2, 23, 59), NOW)).toBe('2 Mar');
});

test('what is today, the given clock decides, not the phone’s', () => {
  const at = Date.UTC(2031, 2, 3, 9, 5);
  expect(brief('en-GB')(at, at + 60_000)).toBe('9:05');
  expect(brief('en-GB')(at, NOW)).toBe('3 Mar');
});

test('times are in the language and the zone of the reader', () => {
  expect(brief('ko-KR')(Date.UTC(2026, 2, 1, 9, 5), NOW)).toBe('3월 1일');
  process.env.TZ = 'Asia/Seoul';
  expect(dayOf(Date.UTC(2026, 2, 3, 15))).toBe(dayOf(Date.UTC(2026, 2, 3, 14, 59)) + 1);
});

test('a time that cannot be is not shown', () => {
  expect(brief('en')(0, NOW)).toBe('');
  expect(brief('en')(Number.NaN, NOW)).toBe('');
});
