// @vitest-environment jsdom
import { afterEach, beforeEach, expect, test } from 'vitest';

import type { RoomInfo } from '../src/connection/wire';
import '../src/views/dialogs/Dialogs';
import { setup } from './framed';
import { all, element, inPage, joined, me } from './page';

const room = (name: string, more: Partial<RoomInfo> = {}): RoomInfo => ({
  name,
  count: 2,
  locked: false,
  last_at: Date.UTC(2026, 2, 3),
  ...more,
});

/** The messages that were scrolled to. */
let scrolled: (string | undefined)[];

inPage();
beforeEach(() => {
  scrolled = [];
  Object.assign(HTMLElement.prototype, {
    scrollIntoView(this: HTMLElement) {
      scrolled.push(this.dataset.seq);
    },
  });
});
afterEach(() => {
  Reflect.deleteProperty(HTMLElement.prototype, 'scrollIntoView');
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
