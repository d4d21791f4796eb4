// @vitest-environment jsdom
import { expect, test, vi } from 'vitest';

import type { RoomInfo } from '../src/connection/wire';
import { setup } from './framed';
import { all, element, hello, inPage, joined } from './page';

const room = (name: string, more: Partial<RoomInfo> = {}): RoomInfo => ({
  name,
  count: 2,
  locked: false,
  last_at: Date.UTC(2026, 2, 3),
  ...more,
});

const strip = () => element('strip', HTMLElement);

inPage();

test('a link into a room says where it leads, and a name of blanks is none', async () => {
  const { socket, settle } = setup({ hash: '#/room/%EB%A7%88%EB%8B%B9' });
  expect(element('.welcome p', HTMLElement).textContent).toBe('You are going to 마당.');
  const input = element('.welcome input', HTMLInputElement);
  expect(document.activeElement).toBe(input);
  input.value = ' \u200b \u3164';
  element('.welcome form', HTMLFormElement).requestSubmit();
  await settle();
  expect(all('.welcome [role=alert]')).toEqual(['Type a name that can be seen.']);
  expect(input.getAttribute('aria-invalid')).toBe('true');
  expect(socket.connects).toBe(0);
});

test('the list tells of each room who said what last, how many are there, and of a lock', async () => {
  const { greet } = setup({
    answers: {
      rooms: () => ({
        ok: true,
        rooms: [
          room('부엌', { last: { seq: 4, name: 'Bob', text: '<b>hi</b>' } }),
          room('locked', { locked: true, last_at: 1, count: 1 }),
        ],
      }),
    },
  });
  await greet();
  expect(all('[data-testid=room] .item-name')).toEqual(['부엌', 'locked']);
  expect(all('[data-testid=last]')).toEqual(['Bob: <b>hi</b>', 'needs a key']);
  expect(document.querySelector('[aria-label="2 people"]')).not.toBeNull();
});

test('what is new in another room is marked, with words for who cannot see the mark', async () => {
  const { greet, socket, settle, app } = setup({
    answers: {
      join: (argument) => ({ ok: true, ...joined, room: (argument as { room: string }).room }),
      rooms: () => ({ ok: true, rooms: [room('live'), room('other')] }),
    },
  });
  await greet();
  app.model.open('other');
  await settle();
  const said = (seq: number, text: string) => {
    const from = { id: 'you', name: 'Bob' };
    socket.fire('message', { room: 'other', seq, id: `m${seq}`, from, text, at: 0 });
    return settle();
  };
  await said(1, 'one');
  const mark = () => element('unread', HTMLElement);
  expect([mark().textContent, mark().getAttribute('aria-label')]).toEqual([
    '1',
    '1 unread message',
  ]);
  await said(2, '@Anna come');
  expect([mark().textContent, mark().getAttribute('aria-label')]).toEqual([
    '@2',
    '2 unread messages, you were mentioned',
  ]);
});

test('typing narrows the list, and says when the name is a new one', async () => {
  const { greet, settle } = setup({
    answers: { rooms: () => ({ ok: true, rooms: [room('Kitchen'), room('Garden')] }) },
  });
  await greet();
  const input = element('input[name=room]', HTMLInputElement);
  const type = (text: string) => {
    input.value = text;
    input.dispatchEvent(new Event('input', { bubbles: true }));
    return settle();
  };
  await type('gar');
  expect(all('[data-testid=room] .item-name')).toEqual(['Garden']);
  await type('Attic');
  expect(all('[data-testid=room]')).toEqual([]);
  expect(all('.lists .quiet')).toEqual(['No room is called Attic yet. “Go” makes it.']);
  input.form?.requestSubmit();
  await settle();
  expect(window.location.hash).toBe('#/room/Attic');
});

test('a long loss is said with its length, which no screen reader is told each second', async () => {
  const { greet, socket, settle } = setup();
  await greet();
  socket.drop();
  await vi.advanceTimersByTimeAsync(500);
  expect(strip().textContent).toBe('');
  socket.greet(hello);
  await vi.advanceTimersByTimeAsync(2_000);
  expect(strip().textContent).toBe('');
  socket.drop();
  await vi.advanceTimersByTimeAsync(12_100);
  expect(strip().textContent).toBe('No connection for 12 s. Trying again…');
  expect(strip().querySelector('[aria-hidden]')?.textContent).toBe(' for 12 s');
  await vi.advanceTimersByTimeAsync(180_000);
  expect(strip().textContent).toBe('No connection for 3 min. Trying again…');
  socket.greet(hello);
  await settle();
  expect(strip().textContent).toBe('');
});

test('a notice can be put away; the next one is shown', async () => {
  const { greet, socket, settle } = setup();
  await greet();
  socket.fire('notice', { text: 'Dinner at seven', level: 'info' });
  await settle();
  expect(strip().textContent).toContain('Dinner at seven');
  strip().querySelector('button')?.click();
  await settle();
  expect(strip().textContent).toBe('');
  socket.fire('notice', { text: 'Dinner at eight', level: 'info' });
  await settle();
  expect(strip().textContent).toContain('Dinner at eight');
});

test('what the board says stands there in the reader’s language until it is over', async () => {
  const crowd = { level: 'warning', text: 'One phone more.', ko: '한 대 더.' };
  const dinner = { level: 'info', text: 'Dinner at seven.' };
  const { greet, socket, app, settle } = setup({ greeting: { notices: [dinner] } });
  await greet();
  expect(strip().textContent).toContain('Dinner at seven.');
  socket.fire('notice', crowd);
  app.settings.language.value = 'ko';
  await settle();
  const sentence = strip().querySelector('span');
  expect([sentence?.lang, sentence?.textContent]).toEqual(['ko', '한 대 더.']);
  socket.fire('notice', { ...crowd, over: true });
  await settle();
  expect(strip().querySelector('span')?.lang).toBe('en');
  strip().querySelector('button')?.click();
  await settle();
  expect(strip().textContent).toBe('');
});

test('what was put away is said again when it comes again after it was over', async () => {
  const notice = { level: 'info', text: 'Storm tonight.' };
  const { greet, socket, settle } = setup({ greeting: { notices: [notice] } });
  await greet();
  strip().querySelector('button')?.click();
  socket.drop();
  socket.greet({ ...hello, notices: [notice] });
  await settle();
  expect(strip().textContent).toBe('');
  socket.fire('notice', { ...notice, over: true });
  await settle();
  socket.fire('notice', notice);
  await settle();
  expect(strip().textContent).toContain('Storm tonight.');
});

test('that nothing can be kept is only said while something would be lost', async () => {
  const storage = () => {
    throw new DOMException('denied', 'SecurityError');
  };
  const { greet, socket, app, settle } = setup({ hash: '#/room/live', storage });
  await greet();
  expect(strip().textContent).toBe('');
  socket.drop();
  app.model.post('live', 'one');
  await settle();
  expect(strip().textContent).toMatch(/cannot keep what is not sent/);
});

test('that no more can be written is said without a connection, too', async () => {
  const { greet, socket, app, settle } = setup({ hash: '#/room/live' });
  await greet();
  socket.drop();
  await vi.advanceTimersByTimeAsync(2_000);
  for (let n = 0; n < 200; n += 1) app.model.post('other', 'x');
  await settle();
  expect(strip().textContent).toMatch(/^No connection/);
  expect(app.model.post('live', 'one too many')).toBe(false);
  await settle();
  expect(strip().textContent).toMatch(/^Too many messages are waiting/);
});

test('the focus goes on at a heading where the button that led on is gone', async () => {
  const { app, greet, socket, settle } = setup();
  element('.welcome input', HTMLInputElement).value = 'Anna';
  element('.welcome button', HTMLButtonElement).focus();
  element('.welcome button', HTMLButtonElement).click();
  socket.greet(hello);
  await settle();
  expect(document.activeElement?.textContent).toBe('madang');
  expect(document.activeElement?.tagName).toBe('H1');
  vi.stubGlobal('matchMedia', () => ({ matches: true }));
  app.route.go('live');
  await greet();
  element('.head .back', HTMLAnchorElement).focus();
  app.route.go(undefined);
  await settle();
  expect(document.activeElement?.closest('.rooms')?.tagName).toBe('NAV');
});
