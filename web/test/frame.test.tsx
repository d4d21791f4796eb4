// @vitest-environment jsdom
import { render } from 'preact';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';

import { Shelf } from '../src/connection/shelf';
import type { RoomInfo } from '../src/connection/wire';
import { createModel } from '../src/state/model';
import { route } from '../src/state/route';
import { createSettings } from '../src/state/settings';
import { App } from '../src/views/App';
import { createApp, Provide } from '../src/views/context';
import '../src/views/dialogs/Dialogs';
import { loadTalk } from '../src/views/Talk';
import { withDialogs } from './dialog';
import { FakeSocket } from './socket';

const me = { id: 'me', name: 'Anna' };
const hello = { ...me, token: 't', log: 'A', storing: true, clock: true };
const joined = {
  members: [me],
  count: 1,
  messages: [],
  next: 0,
  more: false,
  gap: false,
  reset: false,
};
const room = (name: string, more: Partial<RoomInfo> = {}): RoomInfo => ({
  name,
  count: 2,
  locked: false,
  last_at: Date.UTC(2026, 2, 3),
  ...more,
});

/** The page on a socket that the test drives; `answers` by event, before what is usual. */
function setup({
  hash = '#/',
  answers = {},
  greeting = {},
  storage = () => localStorage,
}: {
  hash?: string;
  answers?: Record<string, (argument: unknown) => unknown>;
  greeting?: object;
  storage?: () => Storage;
} = {}) {
  const socket = new FakeSocket();
  socket.answer = (event, argument) => {
    const own = answers[event]?.(argument);
    if (own !== undefined) return Promise.resolve(own);
    if (event === 'join') return Promise.resolve({ ok: true, ...joined, room: 'live' });
    if (event === 'members') return Promise.resolve({ ok: true, members: [me], more: false });
    if (event === 'history') return Promise.resolve({ ok: true, messages: [], more: false });
    return Promise.resolve({ ok: true, rooms: [] });
  };
  window.location.hash = hash;
  const model = createModel({
    shelf: new Shelf(storage),
    open: () => socket as never,
  });
  const settings = createSettings(() => localStorage);
  const app = createApp({ model, route: route(window), settings }, ['en']);
  render(
    <Provide value={app}>
      <App />
    </Provide>,
    document.body,
  );
  const settle = async () => {
    for (let round = 0; round < 5; round += 1) await vi.advanceTimersByTimeAsync(20);
  };
  return {
    app,
    socket,
    settle,
    greet: async () => {
      model.enter('Anna');
      socket.greet({ ...hello, ...greeting });
      await settle();
    },
    press: async (id: string) => {
      element(id, HTMLElement).click();
      await settle();
      await vi.dynamicImportSettled();
      await settle();
    },
  };
}

function element<T extends Element>(selector: string, type: new () => T): T {
  const place = /[.[# ]/.test(selector) ? selector : `[data-testid=${selector}]`;
  const found = document.querySelector(place);
  if (found instanceof type) return found;
  throw new Error(`nothing is ${selector} in ${document.body.textContent}`);
}
const all = (selector: string) =>
  [...document.querySelectorAll(selector)].map((found) => found.textContent);
const strip = () => element('strip', HTMLElement);

/** The messages that were scrolled to. */
let scrolled: (string | undefined)[];

beforeEach(async () => {
  await loadTalk();
  vi.useFakeTimers();
  withDialogs();
  scrolled = [];
  Object.assign(HTMLElement.prototype, {
    scrollIntoView(this: HTMLElement) {
      scrolled.push(this.dataset.seq);
    },
  });
  vi.stubGlobal(
    'ResizeObserver',
    class {
      observe = () => undefined;
      disconnect = () => undefined;
    },
  );
  vi.stubGlobal('matchMedia', () => ({ matches: false }));
});
afterEach(() => {
  render(null, document.body);
  localStorage.clear();
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

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

test('the count opens the people who are there, oneself marked', async () => {
  const { greet, press } = setup({
    hash: '#/room/live',
    answers: {
      join: () => ({
        ok: true,
        ...joined,
        room: 'live',
        members: [me, { id: 'b', name: 'Bob' }],
        count: 2,
      }),
      members: () => ({ ok: true, members: [me, { id: 'b', name: 'Bob' }], more: false }),
    },
  });
  await greet();
  expect(element('count', HTMLElement).textContent).toBe('2 people');
  await press('count');
  expect(all('[data-testid=people-dialog] li bdi')).toEqual(['Anna', 'Bob']);
  expect(all('[data-testid=people-dialog] li')[0]).toMatch(/\(you\)$/);
  await press('close');
  expect(document.querySelector('dialog')).toBeNull();
});

test('leaving is asked about only where something unsent would be lost', async () => {
  const { greet, press, socket, app, settle } = setup({ hash: '#/room/live' });
  await greet();
  socket.drop();
  app.model.post('live', 'one');
  await settle();
  await press('menu');
  await press('leave');
  expect(all('[data-testid=leave-dialog] p')[0]).toMatch(/^1 message of yours has not been sent/);
  expect(app.model.joined.value).toEqual(['live']);
  await press('leave-anyway');
  expect([window.location.hash, app.model.joined.value]).toEqual(['#/', []]);
  window.location.hash = '#/room/live';
  await settle();
  await press('menu');
  await press('leave');
  expect([document.querySelector('dialog'), app.model.joined.value]).toEqual([null, []]);
});

test('who can read a room is said with what is known of it', async () => {
  const { greet, press } = setup({
    hash: '#/room/live',
    greeting: { history: { messages: 10_000, days: 90 } },
    answers: { rooms: () => ({ ok: true, rooms: [room('live', { locked: true })] }) },
  });
  await greet();
  await press('menu');
  await press('privacy');
  const [text = ''] = all('[data-testid=privacy-dialog] p');
  expect(text).toMatch(/^Whoever has the key .* up to 10,000 messages, for 90 days\./);
  expect(text).toMatch(/without encryption/);
});

test('a day leads to the first message of it', async () => {
  const day = Math.floor(Date.UTC(2026, 2, 3) / 86_400_000);
  const said = (seq: number, at: number) => ({
    room: 'live',
    seq,
    id: `m${seq}`,
    from: { id: 'you', name: 'Bob' },
    text: 'x',
    at: at + new Date(at).getTimezoneOffset() * 60_000,
  });
  const messages = [said(6, Date.UTC(2026, 2, 2, 23, 50)), said(7, Date.UTC(2026, 2, 3, 0, 10))];
  const { greet, press } = setup({
    hash: '#/room/live',
    answers: {
      join: () => ({ ok: true, ...joined, room: 'live', messages, next: 7 }),
      days: () => ({
        ok: true,
        days: [
          { day: day - 40, seq: 1, at: 0 },
          { day, seq: 6, at: 0 },
        ],
      }),
    },
  });
  await greet();
  await press('menu');
  await press('days');
  expect(all('[data-testid=days-dialog] h3')).toEqual(['March 2026', 'January 2026']);
  expect(all('[data-day]')).toEqual(['Tuesday, March 3', 'Thursday, January 22']);
  await press('[data-day="2026-03-03"]');
  expect(scrolled).toEqual(['7']);
  expect(document.querySelector('dialog')).toBeNull();
});

test('days that no answer came for can be asked for again', async () => {
  let fails = true;
  const { greet, press, settle } = setup({
    hash: '#/room/live',
    answers: {
      days: () =>
        fails ? { ok: false, error: { code: 'busy', message: '' } } : { ok: true, days: [] },
    },
  });
  await greet();
  await press('menu');
  await press('days');
  expect(all('[data-testid=days-dialog] [role=alert]')).toHaveLength(1);
  fails = false;
  element('[data-testid=days-dialog] .sheet-body button', HTMLElement).click();
  await settle();
  expect(all('[data-testid=days-dialog] p')).toEqual(['Nothing that was said here is kept.']);
});

test('the settings take effect at once', async () => {
  const { greet, press, app, settle } = setup();
  await greet();
  await press('settings');
  element('input[name=theme][value=dark]', HTMLInputElement).click();
  element('input[name=language][value=ko]', HTMLInputElement).click();
  await settle();
  expect(app.settings.theme.value).toBe('dark');
  expect(element('me', HTMLElement).textContent).toBe('내 이름: Anna');
  expect(element('[data-testid=settings-dialog] h2', HTMLElement).textContent).toBe('설정');
});

test('another name is asked for, and a refusal said at the field', async () => {
  let taken = true;
  const { greet, press, settle } = setup({
    answers: {
      rename: () =>
        taken ? { ok: false, error: { code: 'rate', message: '' } } : { ok: true, name: 'Bob' },
    },
  });
  await greet();
  await press('rename');
  const input = element('[data-testid=rename-dialog] input', HTMLInputElement);
  input.value = 'Bob';
  input.form?.requestSubmit();
  await settle();
  expect(all('#rename-error')).toEqual(['Too fast. One moment…']);
  taken = false;
  input.form?.requestSubmit();
  await settle();
  expect(document.querySelector('dialog')).toBeNull();
  expect(element('me', HTMLElement).textContent).toBe('You are Bob');
});
