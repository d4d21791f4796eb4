import { expect, test } from 'vitest';

import { clock } from '../src/state/time';

const now = Date.UTC(2026, 2, 3, 12, 0);

test('a message of today shows its time', () => {
  const show = clock('en-GB', () => now, 'UTC');
  expect(show(Date.UTC(2026, 2, 3, 9, 5))).toBe('9:05');
});

test('an older message shows its day too', () => {
  const show = clock('en-GB', () => now, 'UTC');
  expect(show(Date.UTC(2026, 2, 2, 23, 59))).toBe('2 Mar, 23:59');
});

test('times are in the language of the reader', () => {
  const show = clock('ko-KR', () => now, 'Asia/Seoul');
  expect(show(Date.UTC(2026, 2, 1, 9, 5))).toMatch(/^3월 1일.*6:05/);
});

test('a time that cannot be is not shown', () => {
  const show = clock('en', () => now, 'UTC');
  expect(show(0)).toBe('');
  expect(show(Number.NaN)).toBe('');
});
