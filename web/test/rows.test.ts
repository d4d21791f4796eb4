import { beforeEach, expect, test } from 'vitest';

import type { Draft } from '../src/connection/outbox';
import type { Entry } from '../src/connection/timeline';
import type { Message } from '../src/connection/wire';
import { calendar, truly } from '../src/state/calendar';
import { Rows, type Block, type Row, type Sources } from '../src/state/rows';

const MINUTE = 60_000;
const DAY = 86_400_000;
const NOON = Date.UTC(2026, 2, 3, 12, 0);

const said = (seq: number, change: Partial<Message> = {}) => ({
  kind: 'message' as const,
  seq,
  message: {
    room: 'live',
    seq,
    id: `m${seq}`,
    from: { id: 'you', name: 'You' },
    text: `${seq}`,
    at: NOON,
    ...change,
  },
});
const by = (id: string, name = id) => ({ from: { id, name } });
const draft = (id: string, state: Draft['state'] = 'waiting'): Draft => ({
  id,
  text: id,
  at: 0,
  state,
});

let rows = new Rows();
const make = (entries: readonly Entry[], change: Partial<Sources> = {}): readonly Block[] =>
  rows.make({
    entries,
    drafts: [],
    me: 'me',
    left: undefined,
    now: NOON,
    day: (at) => Math.floor(at / DAY),
    ...change,
  });
const flat = (...sources: Parameters<typeof make>): Row[] =>
  make(...sources).flatMap((block) => block.rows);
const which = (found: readonly Row[], field: 'first' | 'fresh') =>
  found.filter((row) => row[field]).map(({ seq }) => seq);

beforeEach(() => {
  rows = new Rows();
});

test('messages of one person within five minutes stand together', () => {
  const found = flat([
    said(1),
    said(2, { at: NOON + 4 * MINUTE }),
    said(3, { at: NOON + 8 * MINUTE }),
    said(4, { at: NOON + 14 * MINUTE }),
    said(5, { at: NOON + 14 * MINUTE, ...by('other') }),
    said(6, { at: NOON + 14 * MINUTE, ...by('other', 'renamed') }),
    said(7, { at: NOON + 14 * MINUTE, ...by('me') }),
    { kind: 'gap', seq: 7.5 },
    said(8, { at: NOON + 14 * MINUTE, ...by('me') }),
  ]);
  expect(which(found, 'first')).toEqual([1, 4, 5, 6, 7, 7.5, 8]);
});

test('a day begins where the reader’s day does', () => {
  const seoul = calendar('ko', { today: '오늘', yesterday: '어제' }, () => 540);
  const late = Date.UTC(2026, 2, 3, 14, 59);
  const found = flat([said(1, { at: late }), said(2, { at: late + MINUTE })], {
    now: late + MINUTE,
    day: seoul.day,
  });
  expect(found.map(({ on, begins }) => [on, begins])).toEqual([
    [20515, true],
    [20516, true],
  ]);
  expect(found[1]?.first).toBe(true);
  expect(seoul.name(20516, 20516)).toBe('오늘');
  expect(seoul.name(20515, 20516)).toBe('어제');
  expect(seoul.name(20514, 20516)).toBe('3월 2일 월요일');
  expect(seoul.name(20000, 20516)).toBe('2024년 10월 4일');
  expect(seoul.time(late)).toMatch(/11:59$/);
});

test('a time that cannot be, or is not sure, makes no day and is not shown', () => {
  const found = flat([
    said(1, { at: 0 }),
    said(2, { at: NOON, at_unsure: true }),
    said(3, { at: NOON + 400 * DAY }),
    said(4, { at: Number.NaN }),
    said(5),
  ]);
  expect(found.map(({ at }) => at)).toEqual([undefined, undefined, undefined, undefined, NOON]);
  expect(found.map(({ begins }) => begins)).toEqual([false, false, false, false, true]);
});

test('a gateway without a clock of its own still shows the times of those that were sure', () => {
  expect(truly({ at: NOON }, 0)).toBeUndefined();
  expect(truly({ at: NOON }, NOON - DAY)).toBe(NOON);
});

test('the time of a clock that was not set is told as one that may be wrong', () => {
  const unsure = (at: number) => said(1, { at, at_unsure: true });
  const about = (at: number) => flat([unsure(at)])[0]?.about;
  expect([about(NOON), about(0), about(NOON + 3 * DAY)]).toEqual([NOON, undefined, undefined]);
  expect(flat([said(1)])[0]?.about).toBeUndefined();
});

test('what is new begins with the first message of somebody else after where one left off', () => {
  const entries = [said(1), said(2, by('me')), said(3), said(4)];
  expect(which(flat(entries, { left: 1 }), 'fresh')).toEqual([3]);
  expect(which(flat(entries, { left: 4 }), 'fresh')).toEqual([]);
  expect(which(flat(entries), 'fresh')).toEqual([]);
});

test('a message that is back before its acknowledgement is one row, with the draft’s state', () => {
  const entries = [said(1), said(2, { ...by('me'), id: 'd' })];
  const found = flat(entries, { drafts: [draft('d', 'sending'), draft('e')] });
  expect(found.map(({ seq, state }) => [seq, state])).toEqual([
    [1, undefined],
    [2, 'sending'],
    [undefined, 'waiting'],
  ]);
});

test('what everybody present has is never again said to be waiting', () => {
  const back: Entry = { ...said(2, { ...by('me'), id: 'd' }), state: 'relayed' };
  const states = (state: Draft['state']) => flat([back], { drafts: [draft('d', state)] })[0]?.state;
  expect(states('sending')).toBe('relayed');
  expect(states('waiting')).toBe('relayed');
  expect(states('unstored')).toBe('unstored');
  expect(states('failed')).toBe('failed');
});

test('a draft that becomes a message keeps its key and its block, wherever it comes to stand', () => {
  const entries = Array.from({ length: 49 }, (_, index) => said(index + 1));
  const before = make(entries, { drafts: [draft('d')] });
  const others = [said(50), said(51)];
  make([...entries, ...others], { drafts: [draft('d')] });
  const after = make([...entries, ...others, said(52, { ...by('me'), id: 'd' })]);
  const home = (blocks: readonly Block[]) =>
    blocks.find((block) => block.rows.some((row) => row.key === 'me\nd'))?.key;
  expect(home(before)).toBeDefined();
  expect(home(after)).toBe(home(before));
});

test('one more message makes one row and one block anew', () => {
  const entries = Array.from({ length: 5_000 }, (_, index) => said(index + 1));
  const before = make(entries);
  expect(before.length).toBe(100);
  const after = make([...entries.slice(1), said(5_001)]);
  expect(after.length).toBe(101);
  // The first block has lost a row; the last is new.
  expect(after.filter((block, index) => block === before[index]).length).toBe(99);
  const start = performance.now();
  for (let more = 2; more < 22; more += 1) make([...entries.slice(more), said(5_000 + more)]);
  expect((performance.now() - start) / 20).toBeLessThan(50);
});

test('older ones come into blocks of their own, and no other is made anew', () => {
  const entries = Array.from({ length: 230 }, (_, index) => said(index + 1));
  const before = make(entries.slice(120));
  const after = make(entries);
  // Only the row that began the day has changed.
  expect(after.slice(-before.length + 1)).toEqual(before.slice(1));
  expect(after.slice(-before.length + 1).every((block, at) => block === before[at + 1])).toBe(true);
  expect(after.flatMap((block) => block.rows).map(({ seq }) => seq)).toEqual(
    entries.map(({ seq }) => seq),
  );
});

test('another window shares no block with the one before', () => {
  const before = make([said(1), said(2)]);
  const after = make([said(901), said(902)]);
  expect(after.map(({ key }) => key)).not.toEqual(before.map(({ key }) => key));
});

test('whatever comes, rows are in order and each block is one run of them', () => {
  let seed = 7;
  const random = (most: number) => (seed = (seed * 16_807) % 2_147_483_647) % most;
  let entries: Entry[] = [];
  for (let step = 0; step < 60; step += 1) {
    const known = new Set(entries.map(({ seq }) => seq));
    for (let count = random(40); count > 0; count -= 1) known.add(1 + random(3_000));
    for (const seq of known) if (random(30) === 0) known.delete(seq);
    entries = [...known].sort((one, other) => one - other).map((seq) => said(seq));
    const drafts = Array.from({ length: random(4) }, (_, index) => draft(`d${index}`));
    const blocks = make(entries, { drafts });
    const keys = blocks.map(({ key }) => key);
    expect(keys).toEqual([...new Set(keys)].sort((one, other) => one - other));
    expect(blocks.flatMap((block) => block.rows).map(({ seq }) => seq)).toEqual([
      ...entries.map(({ seq }) => seq),
      ...drafts.map(() => undefined),
    ]);
    expect(Math.max(...blocks.map((block) => block.rows.length))).toBeLessThan(1_000);
  }
});
