import { expect, test } from 'vitest';

import { Identity, type Shelf } from '../src/connection/identity';
import { randomId } from '../src/connection/random';

function shelf(): Shelf & { readonly kept: Map<string, string> } {
  const kept = new Map<string, string>();
  return {
    kept,
    getItem: (key) => kept.get(key) ?? null,
    setItem: (key, value) => kept.set(key, value),
    removeItem: (key) => kept.delete(key),
  };
}

test('the same phone is the same person after a reload', () => {
  const storage = shelf();
  new Identity(() => storage).keep('token', 'secret');
  expect(new Identity(() => storage).auth).toEqual({ token: 'secret' });
});

test('what is dropped stays dropped', () => {
  const storage = shelf();
  const identity = new Identity(() => storage);
  identity.keep('code', '1234');
  identity.drop('code');
  expect(identity.auth).toEqual({});
  expect(new Identity(() => storage).auth).toEqual({});
});

test('it works where storage is forbidden', () => {
  const identity = new Identity(() => {
    throw new DOMException('denied', 'SecurityError');
  });
  identity.keep('name', '철수');
  expect(identity.auth).toEqual({ name: '철수' });
});

test('it works where storage is full', () => {
  const storage = shelf();
  const identity = new Identity(() => ({
    ...storage,
    setItem: () => {
      throw new DOMException('full', 'QuotaExceededError');
    },
  }));
  identity.keep('name', '철수');
  expect(identity.auth).toEqual({ name: '철수' });
});

test('ids are 96 random bits', () => {
  const ids = new Set(Array.from({ length: 100 }, randomId));
  expect(ids.size).toBe(100);
  for (const id of ids) expect(id).toMatch(/^[0-9a-f]{24}$/);
});
