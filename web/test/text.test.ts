import { expect, test } from 'vitest';

import { parse } from '../src/state/route';
import { length, plain, tidy, tidyName } from '../src/state/text';
import { sends } from '../src/views/talk/Composer';

test('text is one spelling, without blanks at its ends', () => {
  expect(tidy('\n \n  안녕\r\nhello  \n\n')).toBe('  안녕\nhello');
  expect(tidy('\u1112\u1161\u11ab')).toBe('한');
});

test('blank text is nothing', () => {
  expect(tidy(' \n\t\u3000 ')).toBe('');
});

test('names are one line with single spaces', () => {
  expect(tidyName('  김 \n  철수 ')).toBe('김 철수');
});

test('length counts characters, not units', () => {
  expect(length('한🎉a')).toBe(3);
});

test('a message without text is shown as its data', () => {
  expect(plain({ text: '<b>x</b>' })).toBe('<b>x</b>');
  expect(plain({ data: { temperature: 21 } })).toBe('{"temperature":21}');
  expect(plain({})).toBe('');
});

test('the address names the room, whatever is in its name', () => {
  expect(parse(`#/room/${encodeURIComponent('마당 / 100%')}`)).toBe('마당 / 100%');
  expect(parse(`#/room/${encodeURIComponent(' 마당'.normalize('NFD'))}%20`)).toBe('마당');
  expect(parse('#/room/%20')).toBeUndefined();
  expect(parse('#/room/%E0%A4%A')).toBeUndefined();
  expect(parse('#/')).toBeUndefined();
  expect(parse('')).toBeUndefined();
});

const enter = { key: 'Enter', shiftKey: false, isComposing: false, keyCode: 13 };

test('Enter sends from a keyboard', () => {
  expect(sends(enter, false)).toBe(true);
  expect(sends({ ...enter, shiftKey: true }, false)).toBe(false);
  expect(sends({ ...enter, key: 'a' }, false)).toBe(false);
});

test('Enter on touch is a new line', () => {
  expect(sends(enter, true)).toBe(false);
});

test('Enter that ends a composition never sends', () => {
  expect(sends({ ...enter, isComposing: true }, false)).toBe(false);
  const safari = { ...enter, ['keyCode']: 229 };
  expect(sends(safari, false)).toBe(false);
});
