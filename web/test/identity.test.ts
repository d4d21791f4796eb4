import { expect, test } from 'vitest';

import { Identity } from '../src/connection/identity';
import { randomId } from '../src/connection/random';
import { FakeStorage, forbidden, shelf } from './storage';

test('the same phone is the same person after a reload', () => {
  const storage = new FakeStorage();
  new Identity(shelf(storage)).keep('token', 'secret');
  expect(new Identity(shelf(storage)).auth).toEqual({ token: 'secret' });
});

test('it works where storage is forbidden', () => {
  const identity = new Identity(forbidden());
  identity.keep('name', '철수');
  expect(identity.auth).toEqual({ name: '철수' });
});

test('it works where storage is full', () => {
  const storage = new FakeStorage();
  storage.room = 0;
  const identity = new Identity(shelf(storage));
  identity.keep('name', '철수');
  expect(identity.auth).toEqual({ name: '철수' });
});

test('ids are 96 random bits', () => {
  const ids = new Set(Array.from({ length: 100 }, randomId));
  expect(ids.size).toBe(100);
  for (const id of ids) expect(id).toMatch(/^[0-9a-f]{24}$/);
});
