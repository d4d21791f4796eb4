// @vitest-environment jsdom
import { createHash } from 'node:crypto';

import { expect, test } from 'vitest';

import type { Message } from '../src/connection/wire';
import { exportRoom, fileName } from '../src/state/export';
import { STYLE, STYLE_HASH } from '../src/state/exportstyle';
import { laterStrings } from '../src/strings/later';

const NOON = Date.UTC(2026, 2, 3, 12);

const message = (seq: number, more: Partial<Message> = {}): Message => ({
  room: 'live',
  seq,
  id: `m${seq}`,
  from: { id: 'you', name: 'Anna' },
  text: `text ${seq}`,
  at: NOON,
  ...more,
});

async function* pages(...all: readonly (readonly Message[])[]) {
  for (const each of all) yield await Promise.resolve(each);
}

async function html(messages: readonly Message[], more: { room?: string; language?: string } = {}) {
  const made = await exportRoom({
    room: more.room ?? 'live',
    title: 'Board',
    words: laterStrings(more.language ?? 'en'),
    pages: pages(messages),
    now: NOON,
    progress: () => undefined,
    cancelled: () => false,
  });
  return (await made?.file.text()) ?? '';
}

const read = async (...input: Parameters<typeof html>) =>
  new DOMParser().parseFromString(await html(...input), 'text/html');

test('the file has everything that was said, in order, under its days', async () => {
  const next = NOON + 86_400_000;
  const file = await read([message(1), message(2), message(3, { at: next })]);
  expect([...file.querySelectorAll('.text')].map((line) => line.textContent)).toEqual([
    'text 1',
    'text 2',
    'text 3',
  ]);
  expect([...file.querySelectorAll('h2')].map((day) => day.textContent)).toEqual([
    'Tuesday, March 3, 2026',
    'Wednesday, March 4, 2026',
  ]);
  expect(file.querySelector('header')?.textContent).toMatch(/^liveSaved on .*Board · 3 messages$/);
  expect(file.querySelectorAll('time[datetime="2026-03-03T12:00:00.000Z"]')).toHaveLength(2);
});

test('it is in the language of the reader', async () => {
  const file = await read([message(1)], { language: 'ko-KR', room: '마당' });
  expect(file.documentElement.lang).toBe('ko-KR');
  expect(file.title).toBe('마당 방의 대화');
  expect(file.querySelector('h2')?.textContent).toBe('2026년 3월 3일 화요일');
});

test('an answer leads to what it answers, if that is in the file', async () => {
  const file = await read([
    message(7),
    message(8, { reply_to: 7 }),
    message(9, { reply_to: 3, from: { id: 'b', name: 'Bob' } }),
  ]);
  const link = file.querySelector('.to a');
  expect(link?.getAttribute('href')).toBe('#m7');
  expect(file.querySelector('#m7 .text')?.textContent).toBe('text 7');
  expect([...file.querySelectorAll('.to')].map((line) => line.textContent)).toEqual([
    'answer to Anna',
    'answer to a message that is no longer kept',
  ]);
});

test('its policy forbids everything but the style it carries', async () => {
  const file = await read([]);
  const digest = createHash('sha256')
    .update(file.querySelector('style')?.textContent ?? '')
    .digest('base64');
  expect(STYLE_HASH).toBe(`sha256-${digest}`);
  expect(
    file.querySelector('meta[http-equiv=Content-Security-Policy]')?.getAttribute('content'),
  ).toBe(`default-src 'none'; style-src 'sha256-${digest}'; base-uri 'none'; form-action 'none'`);
  expect(STYLE).not.toMatch(/url\(|@import|</);
  expect(file.querySelectorAll('script, link, img, iframe, [style]')).toHaveLength(0);
});

test('whatever was written is text, in every place', async () => {
  const hostile =
    '</style></title><script>alert(1)</script><img src=x onerror=alert(2)>"\' onclick="x" &amp;';
  const whole = `${hostile} \u202eevil\u2028line\u0000\u001b javascript:alert(3) \`<b>\` \`\`\`\n</pre><i>\n\`\`\``;
  const file = await read(
    [message(1, { text: whole, from: { id: 'x', name: hostile } }), message(2, { reply_to: 1 })],
    { room: hostile },
  );
  expect(file.querySelectorAll('script, img, i, b, [onclick], [onerror]')).toHaveLength(0);
  expect(file.querySelectorAll('style')).toHaveLength(1);
  expect(file.querySelector('h1')?.textContent).toBe(hostile);
  expect(file.querySelector('.by bdi')?.textContent).toBe(hostile);
  expect(file.querySelector('.to')?.textContent).toContain(hostile);
  const text = file.querySelector('.text');
  expect(text?.textContent).toContain(`${hostile} \u202eevil\u2028line\ufffd\ufffd javascript:`);
  // What turns the direction of text around ends with the message.
  expect(text?.getAttribute('dir')).toBe('auto');
  expect(await html([message(1, { text: whole })])).not.toMatch(/[\u0000\u001b]/);
});

test('only addresses of the web become links', async () => {
  const text =
    'https://example.com/?a=1&b="2" http://board.local/x javascript:alert(1) data:text/html,x ftp://x';
  const file = await read([message(1, { text })]);
  const links = [...file.querySelectorAll('.text a')];
  expect(links.map((link) => new URL((link as HTMLAnchorElement).href).protocol)).toEqual([
    'https:',
    'http:',
  ]);
  expect(file.querySelector('.text')?.textContent).toBe(text);
});

test('a time that cannot be is left out', async () => {
  const file = await read([message(1, { at: 0 }), message(2, { at_unsure: true })]);
  expect(file.querySelectorAll('time, h2')).toHaveLength(0);
});

test('it can be given up, and says how far it is', async () => {
  const counts: number[] = [];
  const made = await exportRoom({
    room: 'live',
    title: 'Board',
    words: laterStrings('en'),
    pages: pages([message(1), message(2)], [message(3)], [message(4)]),
    now: NOON,
    progress: (count) => counts.push(count),
    cancelled: () => counts.length === 2,
  });
  expect(made).toBeUndefined();
  expect(counts).toEqual([2, 3]);
});

test('the file’s name is one that every system takes', () => {
  expect(fileName('우리 마당', NOON)).toBe('madang-우리-마당-2026-03-03.html');
  expect(fileName('../../etc/passwd\u0000', NOON)).toBe('madang-etc-passwd-2026-03-03.html');
  expect(fileName('a:b*c?"<>|', NOON)).toBe('madang-a-b-c-2026-03-03.html');
  expect(fileName('🦆', NOON)).toBe('madang-2026-03-03.html');
  expect(fileName('가'.repeat(200), NOON)).toHaveLength('madang--2026-03-03.html'.length + 40);
});
