import { expect, test } from 'vitest';

import { Members } from '../src/connection/members';
import type { MembersPage, Person } from '../src/connection/wire';

const person = (id: string, name = id): Person => ({ id, name });

/** A room whose gateway names 2 at a time. */
function setup(...there: Person[]) {
  let asked = 0;
  let isOffline = false;
  const members = new Members({
    ask: (after): Promise<MembersPage | undefined> => {
      asked += 1;
      const rest = there.filter(({ id }) => after === undefined || id > after);
      const page = { members: rest.slice(0, 2), more: rest.length > 2 };
      return Promise.resolve(isOffline ? undefined : page);
    },
    changed: () => undefined,
  });
  return {
    members,
    there,
    names: () => members.list.map(({ name }) => name),
    asked: () => asked,
    offline: (next: boolean) => (isOffline = next),
  };
}
const settle = () => new Promise((done) => setTimeout(done));

test('where the join has named all, nothing is asked', async () => {
  const { members, names, asked } = setup();
  members.joined([person('b'), person('a')], 2);
  members.load();
  await settle();
  expect([names(), asked()]).toEqual([['a', 'b'], 0]);
});

test('the rest is asked for page by page, when somebody wants to see it', async () => {
  const { members, names, asked } = setup(...['a', 'b', 'c', 'd', 'e'].map((id) => person(id)));
  members.joined([person('a'), person('b')], 5);
  await settle();
  expect(asked()).toBe(0);
  members.load();
  await settle();
  expect([names(), asked()]).toEqual([['a', 'b', 'c', 'd', 'e'], 3]);
});

test('who comes, goes or takes another name is kept', () => {
  const { members, names } = setup();
  members.joined([person('a'), person('b')], 2);
  members.came(person('c'));
  members.left(person('a'));
  members.renamed(person('b', 'z'));
  members.renamed(person('nobody', 'y'));
  expect(names()).toEqual(['c', 'z']);
});

test('where only the number is told, the list is asked for anew on the next look', async () => {
  const { members, there, names } = setup(person('a'));
  members.joined([person('a')], 1);
  there.push(person('b'));
  members.merged();
  await settle();
  expect(names()).toEqual(['a']);
  members.load();
  await settle();
  expect(names()).toEqual(['a', 'b']);
});

test('a list that broke off is asked for again', async () => {
  const { members, names, offline } = setup(person('a'), person('b'), person('c'));
  offline(true);
  members.joined([person('a')], 3);
  members.load();
  await settle();
  expect(names()).toEqual(['a']);
  offline(false);
  members.joined([person('a')], 3);
  await settle();
  expect(names()).toEqual(['a', 'b', 'c']);
});
