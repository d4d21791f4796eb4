import { expect, test } from 'vitest';

import { mentions, mentionsMe } from '../src/state/mention';

const found = (text: string, ...names: string[]) =>
  mentions(text, names).map(({ start, end, name }) => [text.slice(start, end), name]);

test('a name after @ is a mention, wherever it stands', () => {
  expect(found('@Anna hi, and (@Ben)!', 'Anna', 'Ben')).toEqual([
    ['@Anna', 'Anna'],
    ['@Ben', 'Ben'],
  ]);
});

test('of several names that fit, the longest is meant', () => {
  expect(found('@Anna 2 hi', 'Anna', 'Anna 2')).toEqual([['@Anna 2', 'Anna 2']]);
  expect(found('@Anna 3 hi', 'Anna', 'Anna 2')).toEqual([['@Anna', 'Anna']]);
});

test('upper and lower case are the same', () => {
  expect(found('@ANNA', 'Anna')).toEqual([['@ANNA', 'Anna']]);
});

test('both spellings of Unicode are the same, and the place in the text is right', () => {
  const apart = '@철수야 안녕 @é!'.normalize('NFD');
  expect(found(apart, '철수', 'É')).toEqual([
    ['@철수'.normalize('NFD'), '철수'],
    ['@é'.normalize('NFD'), 'É'],
  ]);
});

test('no letter and no digit may follow a name', () => {
  expect(found('@Annabel @Anna2 @Anna_ @anna’s', 'Anna')).toEqual([['@anna', 'Anna']]);
});

test.each(['@철수야', '@철수님은', '@철수한테는', '@철수ㅋㅋ', '@철수, 안녕', '@철수'])(
  'Korean may follow a name directly: %s',
  (text) => {
    expect(found(text, '철수')).toEqual([['@철수', '철수']]);
  },
);

test('Korean that makes another name of it is not a mention', () => {
  expect(found('@철수민 안녕', '철수')).toEqual([]);
  expect(found('@철 안녕'.normalize('NFD'), '처')).toEqual([]);
});

test('Korean particles may follow a Latin name too', () => {
  expect(found('@Anna는 어디', 'Anna')).toEqual([['@Anna', 'Anna']]);
});

test('an address of mail is not a mention, but Korean needs no blank in front', () => {
  expect(found('me@anna me_@anna', 'anna')).toEqual([]);
  expect(found('안녕@철수', '철수')).toEqual([['@철수', '철수']]);
});

test('who is meant is decided among all who are known', () => {
  expect(mentionsMe('@Anna 2?', 'Anna', ['Anna 2'])).toBe(false);
  expect(mentionsMe('@Anna 2?', 'Anna', [])).toBe(true);
  expect(mentionsMe('Anna', 'Anna', [])).toBe(false);
});

test('a wall of @ takes no time', () => {
  const names = Array.from({ length: 50 }, (_, index) => `${'a'.repeat(20)}${index}`);
  const begun = performance.now();
  mentions('@'.repeat(4_000), names);
  mentions(`@${'a'.repeat(19)}`.repeat(200), names);
  expect(performance.now() - begun).toBeLessThan(500);
  expect(found(`@Anna ${'@ '.repeat(1_000)}@Anna`, 'Anna')).toEqual([['@Anna', 'Anna']]);
});
