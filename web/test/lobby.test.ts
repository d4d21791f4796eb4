import { expect, test } from 'vitest';

import { isListed, lobby } from '../src/state/lobby';
import { isVisible } from '../src/views/Welcome';

const room = (name: string, last_at: number | null = null, count = 0) => ({
  name,
  last_at,
  count,
  locked: false,
});
const names = (rooms: readonly { name: string }[]) => rooms.map(({ name }) => name);

test('one’s own rooms come first, in both lists the liveliest', () => {
  const rooms = [room('old', 10), room('quiet', null, 1), room('new', 30), room('full', null, 5)];
  const { mine, others } = lobby(
    [...rooms, room('mine', 5), room('mine too', 20)],
    ['mine', 'mine too', 'gone'],
  );
  expect(names(mine)).toEqual(['mine too', 'mine', 'gone']);
  expect(names(others)).toEqual(['new', 'old', 'full', 'quiet']);
});

test('what is typed narrows both lists, whatever its case and spelling', () => {
  const found = lobby(
    [room('Sea Breeze'), room('부엌'), room('Kitchen')],
    ['부엌'],
    'SEA'.toLowerCase(),
  );
  expect([names(found.mine), names(found.others)]).toEqual([[], ['Sea Breeze']]);
  const composed = lobby([room('부엌')], [], '부엌'.normalize('NFD'));
  expect(names(composed.others)).toEqual(['부엌']);
  expect(isListed(composed, '부엌')).toBe(true);
  expect(isListed(composed, '부')).toBe(false);
});

test('a name of which nothing can be seen is none', () => {
  for (const blank of ['', '   ', '\u200b\u200d', '\u3164', '\u2800', '\u0301', '\u202e']) {
    expect(isVisible(blank), JSON.stringify(blank)).toBe(false);
  }
  for (const name of ['Anna', '김철수', '\u202eA', '🦆', '.']) expect(isVisible(name)).toBe(true);
});
