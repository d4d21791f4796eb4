import { afterEach, beforeEach, expect, test, vi } from 'vitest';

import { FakeStorage, forbidden, shelf, twoTabs } from './storage';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

test('what is written is there after a reload, under the one prefix', () => {
  const storage = new FakeStorage();
  const first = shelf(storage);
  expect(first.write('draft.a', '1')).toBe(true);
  expect(first.keeps).toBe(true);
  expect([...storage.kept]).toEqual([['madang.draft.a', '1']]);
  expect(shelf(storage).read('draft.a')).toBe('1');
});

test('where storage is forbidden everything is kept as long as the page lives, and it says so', () => {
  const kept = forbidden();
  expect(kept.keeps).toBe(false);
  expect(kept.write('draft.a', '1')).toBe(false);
  expect([kept.read('draft.a'), kept.keys('draft.')]).toEqual(['1', ['draft.a']]);
  kept.drop('draft.a');
  expect(kept.keys('')).toEqual([]);
});

test('where storage is short, caches make place for drafts', () => {
  const storage = new FakeStorage();
  const kept = shelf(storage);
  kept.write('cache.a', 'x'.repeat(40));
  kept.write('cache.b', 'x'.repeat(40));
  storage.room = 150;
  expect(kept.write('draft.a', 'x'.repeat(60))).toBe(true);
  expect(kept.keys('')).toEqual(['cache.b', 'draft.a']);
  expect(kept.keeps).toBe(true);
});

test('a cache that does not fit is not kept, an older state of it neither, and drafts stay', () => {
  const storage = new FakeStorage();
  const kept = shelf(storage);
  kept.write('draft.a', '1');
  kept.write('cache.a', 'old');
  storage.room = 100;
  expect(kept.write('cache.a', 'x'.repeat(100))).toBe(false);
  expect(kept.keys('')).toEqual(['draft.a']);
  expect(kept.keeps).toBe(true);
});

test('that a draft does not fit is told, and that it fits again', () => {
  const storage = new FakeStorage();
  const kept = shelf(storage);
  const told: boolean[] = [];
  kept.onKeeps((keeps) => told.push(keeps));
  storage.room = 10;
  kept.write('draft.a', '1');
  expect([kept.keeps, kept.read('draft.a')]).toEqual([false, '1']);
  storage.room = Infinity;
  kept.write('draft.a', '2');
  expect([kept.keeps, storage.getItem('madang.draft.a')]).toEqual([true, '2']);
  expect(told).toEqual([false, true]);
});

test('what changes often is written once in 2 s, or when the page goes', async () => {
  const storage = new FakeStorage();
  const kept = shelf(storage);
  const write = vi.spyOn(storage, 'setItem');
  for (let count = 1; count <= 20; count += 1) kept.later('rooms', () => `${count}`);
  await vi.advanceTimersByTimeAsync(1_999);
  expect(write).not.toHaveBeenCalled();
  await vi.advanceTimersByTimeAsync(1);
  expect(write.mock.calls).toEqual([['madang.rooms', '20']]);
  kept.later('rooms', () => 'last');
  kept.flush();
  expect(storage.getItem('madang.rooms')).toBe('last');
});

test('forgetting clears what is this page’s, also what was still to be written, and nothing else', () => {
  const storage = new FakeStorage();
  storage.setItem('other', '1');
  const kept = shelf(storage);
  kept.write('token', 'secret');
  kept.later('rooms', () => '[]');
  kept.forget();
  kept.flush();
  expect([...storage.kept.keys()]).toEqual(['other']);
});

test('another tab’s writing is heard, other pages’ is not', () => {
  const [one, two] = twoTabs();
  const heard: unknown[] = [];
  one.watch((key, value) => heard.push([key, value]));
  two.write('draft.a', '1');
  two.drop('draft.a');
  one.heard({ key: 'other', newValue: '1' });
  one.heard({ key: null, newValue: null });
  expect(heard).toEqual([
    ['draft.a', '1'],
    ['draft.a', undefined],
  ]);
});

test('what somebody else has written there is not trusted', () => {
  const kept = shelf();
  for (const value of ['', '{', '3', 'null', '"x"']) {
    kept.write('me', value);
    expect(kept.object('me')).toBeUndefined();
  }
});
