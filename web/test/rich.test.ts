import { expect, test } from 'vitest';

import { fold, size } from '../src/state/fold';
import { isEmoji, rich } from '../src/state/rich';

/** A text with what was found in it: `<link|where>`, `@mention@`, `[code]`, `{block}`. */
const marked = (text: string, names?: string[]) =>
  rich(text, names)
    .map((piece) => {
      if (piece.kind === 'link') {
        const { text, href } = piece;
        return href === text ? `<${text}>` : `<${text}|${href}>`;
      }
      if (piece.kind === 'mention') return `<${piece.text}=${piece.name}>`;
      return { text: piece.text, code: `[${piece.text}]`, block: `{${piece.text}}` }[piece.kind];
    })
    .join('');
const whole = (text: string) =>
  rich(text)
    .map((piece) => piece.text)
    .join('');

test('addresses of the web are links, where they are plain', () => {
  expect(marked('see https://a.com/b?c=d#e now')).toBe('see <https://a.com/b?c=d#e> now');
  expect(marked('HTTP://A.com/x')).toBe('<HTTP://A.com/x|http://a.com/x>');
  expect(marked('http://192.168.4.1:8080/')).toBe('<http://192.168.4.1:8080/>');
});

test('nothing else is a link', () => {
  for (const text of [
    'javascript:alert(1)',
    'data:text/html,x',
    'ftp://a.com/',
    'www.a.com',
    'https://',
    'http://a b',
    'java\u0000script:alert(1)',
    'https://bank.example@evil.example/',
    '<a href="javascript:x">',
  ]) {
    const links = rich(text).filter(({ kind }) => kind === 'link');
    expect(
      links.map(({ text }) => text),
      text,
    ).toEqual(text === 'http://a b' ? ['http://a'] : []);
    expect(whole(text)).toBe(text);
  }
});

test('what ends the sentence does not belong to the address', () => {
  expect(marked('(https://a.com/x).')).toBe('(<https://a.com/x>).');
  expect(marked('https://a.com/x_(y), and')).toBe('<https://a.com/x_(y)>, and');
  expect(marked('"https://a.com/x"!')).toBe('"<https://a.com/x>"!');
  expect(marked('[https://a.com/?]')).toBe('[<https://a.com/>?]');
  expect(marked('https://a.com/。')).toBe('<https://a.com/>。');
});

test('a Korean particle behind an address does not belong to it, Korean in an address does', () => {
  expect(marked('https://a.com에서 봐요')).toBe('<https://a.com|https://a.com/>에서 봐요');
  expect(marked('https://a.com/b.html을 보세요')).toBe('<https://a.com/b.html>을 보세요');
  expect(marked('https://a.com/에서')).toBe('<https://a.com/>에서');
  expect(marked('(https://a.com/x)는')).toBe('(<https://a.com/x>)는');
  expect(marked('https://a.com/서울')).toBe(
    `<https://a.com/서울|https://a.com/${encodeURIComponent('서울')}>`,
  );
  expect(marked('https://a.com/?q=서울')).toMatch(/^<https:\/\/a\.com\/\?q=서울\|/);
});

test('a foreign host is shown as it was written and leads where the browser would', () => {
  expect(marked('https://마당.kr/x')).toBe('<https://마당.kr/x|https://xn--ok1b32k.kr/x>');
});

test('an address ends before a bidi control, which stays text', () => {
  expect(marked('https://a.com/\u202egpj.exe')).toBe('<https://a.com/>\u202egpj.exe');
});

test('mentions are found among the names given', () => {
  expect(marked('@anna, hi', ['Anna'])).toBe('<@anna=Anna>, hi');
  expect(marked('x@anna', ['Anna'])).toBe('x@anna');
  expect(marked('https://a.com/@anna', ['Anna'])).toBe('<https://a.com/@anna>');
});

test('code is code, and nothing is found in it', () => {
  expect(marked('use `https://a.com` so')).toBe('use [https://a.com] so');
  expect(marked('```\na\n  b\n```')).toBe('{a\n  b}');
  expect(marked('x\n```rust\nlet a;\n```\ny')).toBe('x\n{let a;}\ny');
  expect(marked('a ` b')).toBe('a ` b');
  expect(marked('``` open')).toBe('``` open');
});

test('one to three emoji alone are large', () => {
  for (const text of ['🎉', '👋🏽', '👨‍👩‍👧', '🇰🇷', '❤️', '😀 😀 😀', '1️⃣', '🏴󠁧󠁢󠁥󠁮󠁧󠁿']) {
    expect(isEmoji(text), text).toBe(true);
  }
  for (const text of ['', '1', 'a🎉', '🎉🎉🎉🎉', '🎉 a', '#'])
    expect(isEmoji(text), text).toBe(false);
});

test('a hundred thousand characters of the worst kind take no time', () => {
  const before = performance.now();
  for (const text of ['`', '```a', 'https://a/', ').', '가나', '.', '@', '🎉', '(', 'https://a)']) {
    const much = text.repeat(100_000 / text.length);
    expect(whole('https://a.com/' + much + 'z').length).toBeGreaterThan(0);
    expect(whole('https://a.com/' + much).length).toBeGreaterThan(0);
    isEmoji(much);
  }
  expect(performance.now() - before).toBeLessThan(2_000);
});

const lines = (count: number) => Array.from({ length: count }, (_, line) => `${line}`).join('\n');
const shown = (text: string) =>
  fold(rich(text))
    ?.map((piece) => piece.text)
    .join('');

test('a long message is folded to its first lines', () => {
  expect(fold(rich(lines(16)))).toBeUndefined();
  expect(shown(lines(40))).toBe(lines(15));
  expect(shown('가'.repeat(4_000))).toBe('가'.repeat(1_200));
});

test('folding tears no character and no link', () => {
  const family = '👨‍👩‍👧';
  const head = shown(`${'a'.repeat(1_195)}${family.repeat(200)}`) ?? '';
  expect(head).toBe('a'.repeat(1_195));
  expect(shown(`${'a'.repeat(1_190)} https://a.com/long-address ${'b'.repeat(800)}`)).toBe(
    `${'a'.repeat(1_190)} `,
  );
  expect(shown(`${'a'.repeat(1_199)}${'e\u0301'.repeat(400)}`)).toBe('a'.repeat(1_199));
});

test('code that is folded stays code', () => {
  const folded = fold(rich('```\n' + lines(60) + '\n```')) ?? [];
  expect(folded.map(({ kind }) => kind)).toEqual(['block']);
  expect(size(folded)[0]).toBe(15);
});
