import { expect, test } from 'vitest';

import { strings } from '../src/strings';
import { en } from '../src/strings/en';
import { ko } from '../src/strings/ko';

test('the browser’s first language that we know is taken, else English', () => {
  expect(strings(['ko-KR', 'en']).say('enter')).toBe('들어가기');
  expect(strings(['fr', 'ko']).say('enter')).toBe('들어가기');
  expect(strings(['en-GB', 'ko']).say('enter')).toBe('Come in');
  expect(strings(['fr']).say('enter')).toBe('Come in');
  expect(strings(['kok']).say('enter')).toBe('Come in');
});

test('numbers have their form', () => {
  expect(strings(['en']).count('people', 1)).toBe('1 person');
  expect(strings(['en']).count('people', 3)).toBe('3 people');
  expect(strings(['ko']).count('people', 3)).toBe('3명');
});

test('values go in as they are', () => {
  expect(strings(['en']).say('you_are', { name: '$& {name}' })).toBe('You are $& {name}');
});

test('a known refusal is said in the reader’s words, an unknown one in the gateway’s', () => {
  expect(strings(['ko']).why({ code: 'full', message: 'x' })).toBe(ko.error_full);
  expect(strings(['ko']).why({ code: 'new', message: 'said so' })).toBe('said so');
  expect(strings(['ko']).why({ code: 'toString', message: 'said so' })).toBe('said so');
});

test('both languages leave the same holes', () => {
  const holes = (text: string) => (text.match(/\{\w+\}/g) ?? []).sort();
  for (const key of Object.keys(en) as (keyof typeof en)[]) {
    if (key.endsWith('_one')) continue;
    expect(holes(ko[key]), key).toEqual(holes(en[key]));
  }
});
