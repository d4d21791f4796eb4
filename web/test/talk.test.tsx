// @vitest-environment jsdom
import { expect, test, vi } from 'vitest';

import type { Joined, Message, PostRequest } from '../src/connection/wire';
import { all, element as found, hello, inPage, joined, me, show } from './page';
import { FakeSocket } from './socket';

const bob = { id: 'bob', name: 'Bob' };
const kim = { id: 'kim', name: '김철수' };
const NOON = Date.UTC(2026, 2, 3, 12);
const said = (seq: number, text: string, change: Partial<Message> = {}): Message => ({
  room: 'live',
  seq,
  id: `m${seq}`,
  from: bob,
  text,
  at: NOON,
  ...change,
});

/** The page in the room `live`, with this history, on a socket that the test drives. */
async function enter(messages: readonly Message[] = []) {
  const socket = new FakeSocket();
  let seq = 1_000;
  socket.answer = (event, argument) => {
    if (event === 'join') {
      const { room } = argument as { room: string };
      const page: Joined = {
        ...joined,
        room,
        members: [me, bob, kim],
        count: 3,
        messages: room === 'live' ? messages : [],
        next: messages[messages.length - 1]?.seq ?? 0,
      };
      return Promise.resolve({ ok: true, ...page });
    }
    if (event === 'members') {
      return Promise.resolve({ ok: true, members: [me, bob, kim], more: false });
    }
    if (event === 'message') {
      const { id } = argument as PostRequest;
      return Promise.resolve({ ok: true, id, seq: (seq += 1), at: NOON });
    }
    return Promise.resolve({ ok: true, rooms: [], messages: [], more: false });
  };
  const { model, route } = show(socket);
  model.enter('Anna');
  socket.greet({ ...hello, now: NOON });
  await settle();
  const posts = () =>
    socket.emitted.filter(([event]) => event === 'message').map(([, post]) => post as PostRequest);
  return { socket, posts, go: route.go };
}

const settle = () => vi.advanceTimersByTimeAsync(100);
const element = (selector: string) => found(selector, HTMLElement);
const area = () => element('.composer textarea') as HTMLTextAreaElement;
const write = async (text: string) => {
  area().value = text;
  area().setSelectionRange(text.length, text.length);
  area().dispatchEvent(new Event('input', { bubbles: true }));
  await settle();
};
const press = async (key: string, target: Element = area(), more: KeyboardEventInit = {}) => {
  const event = new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true, ...more });
  target.dispatchEvent(event);
  await settle();
};
const click = async (selector: string) => {
  element(selector).click();
  await settle();
};
const line = (seq: number) => element(`[data-seq="${seq}"]`);

inPage({ now: NOON });

test('messages stand by day and person, with links, names and code as elements', async () => {
  await enter([
    said(1, 'see https://a.com/x, @anna'),
    said(2, '`code` <b>'),
    said(3, 'hi', { from: kim }),
  ]);
  expect(all('[data-testid=day]')).toEqual(['Today']);
  expect(all('.line .name')).toEqual(['Bob', '김철수']);
  expect(all('.text a')).toEqual(['https://a.com/x']);
  expect(element('.text a').getAttribute('rel')).toBe('noopener noreferrer');
  expect(all('mark.mention')).toEqual(['@anna']);
  expect(all('.text code')).toEqual(['code']);
  expect(document.querySelector('.log b')).toBeNull();
});

test('a time by a clock that was not set is marked, for eyes and ears', async () => {
  await enter([said(1, 'sure'), said(2, 'unsure', { at: NOON - 60_000, at_unsure: true })]);
  const unsure = line(2).querySelector('.meta');
  expect(unsure?.textContent).toMatch(/^~about \d+:59/);
  expect(unsure?.querySelector('[aria-hidden]')?.textContent).toBe('~');
  expect(element('[data-seq="2"] .text').dataset.time).toMatch(/^~\d+:59/);
  expect(all('[data-testid=unsure]')).toHaveLength(1);
  expect(line(1).querySelector('.meta')?.textContent).not.toContain('~');
});

test('a line that others say live is announced; history and own lines are not', async () => {
  const { socket } = await enter([said(1, 'before')]);
  const live: [string | null, string | null][] = [];
  const log = element('.log');
  const insert = Reflect.get(Node.prototype, 'insertBefore') as (
    node: Node,
    child: Node | null,
  ) => Node;
  vi.spyOn(Node.prototype, 'insertBefore').mockImplementation(function (this: Node, node, child) {
    if (node instanceof Element && node.classList.contains('line')) {
      live.push([node.querySelector('.text')?.textContent ?? '', log.getAttribute('aria-live')]);
    }
    return insert.call(this, node, child);
  });
  await vi.advanceTimersByTimeAsync(2_000);
  socket.fire('message', said(2, 'live'));
  await settle();
  await write('mine');
  await press('Enter');
  expect(live).toEqual([
    ['live', 'polite'],
    ['mine', 'off'],
  ]);
  vi.restoreAllMocks();
});

test('a live line is not announced if a page of the history goes in with it', async () => {
  const { socket } = await enter([said(1, 'before')]);
  await vi.advanceTimersByTimeAsync(2_000);
  const log = element('.log');
  const values: (string | null)[] = [];
  const observer = new MutationObserver(() => values.push(log.getAttribute('aria-live')));
  observer.observe(log, { attributes: true, attributeFilter: ['aria-live'] });
  const answer = socket.answer;
  socket.answer = (event, argument) =>
    event === 'join'
      ? Promise.resolve({
          ok: true,
          room: 'live',
          members: [me, bob],
          count: 2,
          messages: [said(2, 'missed'), said(3, 'missed, too')],
          next: 3,
          more: false,
          gap: false,
          reset: false,
        }).then((page) => {
          // On polling, both come in one packet of the transport.
          void Promise.resolve().then(() => {
            socket.fire('message', said(4, 'live'));
          });
          return page;
        })
      : answer(event, argument);
  socket.drop();
  socket.greet({ ...hello, now: NOON });
  await settle();
  expect(all('.line .text')).toEqual(['before', 'missed', 'missed, too', 'live']);
  expect(values).not.toContain('polite');
  observer.disconnect();
});

test('a reader further up is not thrown to the end when a message that was refused is last again', async () => {
  const { socket } = await enter([said(1, 'before')]);
  const answer = socket.answer;
  let acknowledge: (answer: unknown) => void = () => undefined;
  socket.answer = (event, argument) => {
    if (event !== 'message') return answer(event, argument);
    if ((argument as PostRequest).text === 'good') {
      return new Promise((resolve) => (acknowledge = resolve));
    }
    return Promise.resolve({ ok: false, error: { code: 'unsupported', message: 'no' } });
  };
  for (const text of ['bad', 'good']) {
    await write(text);
    await press('Enter');
    await settle();
  }
  const log = element('.log');
  Object.assign(log, { scrollTop: -500 });
  log.dispatchEvent(new Event('scroll'));
  acknowledge({ ok: true, id: 'x', seq: 7, at: NOON });
  await settle();
  expect(all('.mine .state')).toHaveLength(2);
  expect(log.scrollTop).toBe(-500);
});

test('a draft that becomes a message keeps its element', async () => {
  const { socket, posts } = await enter([said(1, 'before')]);
  await write('mine');
  (element('.composer') as HTMLFormElement).requestSubmit();
  const drawn = await vi.waitFor(() => element('.mine'));
  socket.fire('message', said(1_001, 'mine', { id: posts()[0]?.id ?? '', from: me }));
  await settle();
  expect(element('.mine')).toBe(drawn);
  expect(drawn.dataset.seq).toBe('1001');
  expect(all('.mine .state')).toEqual(['saved']);
});

test('the log is one stop of the Tab key, from which the arrows lead on', async () => {
  await enter([said(1, 'one'), said(2, 'two'), said(3, 'three')]);
  const stops = () =>
    [...document.querySelectorAll<HTMLElement>('.log, .log *')]
      .filter(({ tabIndex }) => tabIndex >= 0)
      .map(({ dataset }) => dataset.seq);
  expect(stops()).toEqual(['3']);
  line(3).focus();
  await press('ArrowUp', line(3));
  expect(document.activeElement).toBe(line(2));
  await press('Home', line(2));
  expect(document.activeElement).toBe(line(1));
  await press('End', line(1));
  expect(document.activeElement).toBe(line(3));
  await press('Escape', line(3));
  expect(document.activeElement).toBe(area());
  expect(stops()).toEqual(['3']);
});

test('the focus is not lost with a line that is taken away', async () => {
  const { socket } = await enter([said(1, 'one'), said(2, 'two'), said(3, 'three')]);
  line(2).focus();
  socket.fire('removed', { room: 'live', seq: 2 });
  await settle();
  expect(document.activeElement).toBe(line(3));
});

test('one answers a message, and the answer shows what it answers', async () => {
  const { posts } = await enter([said(1, 'a question')]);
  line(1).focus();
  await press('r', line(1), { code: 'KeyR' });
  expect(element('[data-testid=replying]').textContent).toMatch(/Bob.*a question/);
  expect(document.activeElement).toBe(area());
  await write('an answer');
  await press('Enter');
  expect(posts()).toMatchObject([{ text: 'an answer', reply_to: 1 }]);
  expect(document.querySelector('[data-testid=replying]')).toBeNull();
  expect(all('[data-testid=quote]')).toEqual(['Boba question']);
  await click('[data-testid=quote]');
  expect(document.activeElement).toBe(line(1));
  expect(line(1).dataset.lit).toBe('');
});

test('Esc takes the answer back, and what is typed stays', async () => {
  await enter([said(1, 'a question')]);
  await press('Enter', line(1));
  await click('[data-testid=reply]');
  await write('an answer');
  await press('Escape');
  expect(document.querySelector('[data-testid=replying]')).toBeNull();
  expect(area().value).toBe('an answer');
});

test('a name is completed after an @, by keyboard', async () => {
  await enter();
  await write('hi @');
  expect(all('[role=option]')).toEqual(['Bob', '김철수']);
  await press('ArrowDown');
  const active = area().getAttribute('aria-activedescendant') ?? '';
  expect(document.getElementById(active)).toBe(element('[aria-selected=true]'));
  await press('Enter', area(), { isComposing: true });
  expect(area().value).toBe('hi @');
  await press('Enter');
  expect(area().value).toBe('hi @김철수 ');
  expect(all('[role=option]')).toEqual([]);
  await write('mail@bo');
  expect(all('[role=option]')).toEqual([]);
});

test('what is typed waits in its room while one is in another', async () => {
  const { go } = await enter();
  await write('half a thought');
  go('other');
  await settle();
  await vi.waitFor(() => {
    expect(area().value).toBe('');
  });
  await write('another');
  go('live');
  await settle();
  await vi.waitFor(() => {
    expect(area().value).toBe('half a thought');
  });
});

test('a long message is folded until its button is pressed', async () => {
  const text = Array.from({ length: 40 }, (_, number) => `line ${number}`).join('\n');
  await enter([said(1, text)]);
  expect(element('[data-testid=text]').textContent).toMatch(/line 14…$/);
  await click('[data-testid=fold]');
  expect(element('[data-testid=text]').textContent).toBe(text);
});

test('a text is copied, and that is said', async () => {
  const copied: string[] = [];
  const clipboard = { writeText: (text: string) => Promise.resolve(copied.push(text)) };
  vi.stubGlobal('navigator', Object.create(navigator, { clipboard: { value: clipboard } }));
  await enter([said(1, 'take this')]);
  await click('[data-testid=more]');
  expect(element('[data-testid=actions] h2').textContent).toBe('Bob');
  await click('[data-testid=copy]');
  expect(copied).toEqual(['take this']);
  expect(element('[data-testid=copy] [role=status]').textContent).toBe('Copied');
  // Closed at once, and another one opened: that stays.
  await click('[data-testid=close]');
  await click('[data-testid=more]');
  await vi.advanceTimersByTimeAsync(2_000);
  await click('[data-testid=copy]');
  await vi.advanceTimersByTimeAsync(2_000);
  expect(document.querySelector('[data-testid=actions]')).toBeNull();
});
