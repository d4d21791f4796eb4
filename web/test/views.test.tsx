// @vitest-environment jsdom
import { expect, test, vi } from 'vitest';

import type { Answer, Joined, Message, PostRequest, Posted } from '../src/connection/wire';
import { all, element, hello, inPage, joined, show } from './page';
import { FakeSocket } from './socket';

const message = (seq: number, text: string, id = `m${seq}`, from = 'you'): Message => ({
  room: 'live',
  seq,
  id,
  from: { id: from, name: from },
  text,
  at: 0,
});
const refused = (code: string): Answer<never> => ({ ok: false, error: { code, message: code } });

/** The whole page in the room `live`, on a socket that the test drives. */
async function setup() {
  const socket = new FakeSocket();
  const joins: Partial<Joined>[] = [];
  let post: (request: PostRequest) => Promise<Answer<Posted>> = () => new Promise(() => undefined);
  socket.answer = (event, argument) => {
    if (event === 'join')
      return Promise.resolve({ ok: true, ...joined, room: 'live', ...joins.shift() });
    if (event === 'message') return post(argument as PostRequest);
    return Promise.resolve({ ok: true, rooms: [] });
  };
  const { model } = show(socket);
  const settle = () => vi.advanceTimersByTimeAsync(50);
  model.enter('Anna');
  socket.greet(hello);
  await settle();
  return {
    socket,
    joins,
    settle,
    answerPosts: (answer: typeof post) => {
      post = answer;
    },
    say: async (text: string) => {
      const area = element('.composer textarea', HTMLTextAreaElement);
      area.value = text;
      area.dispatchEvent(new Event('input', { bubbles: true }));
      element('.composer', HTMLFormElement).requestSubmit();
      await settle();
    },
    click: async (label: string) => {
      const buttons = [...document.querySelectorAll('button')];
      buttons.find((button) => button.textContent === label)?.click();
      await settle();
    },
  };
}

const texts = () => all('[data-testid=text]');
const states = () => all('[data-testid=state]');
const strip = () => element('[data-testid=strip]', HTMLElement).textContent;

inPage();

test('a message that comes back before its acknowledgement is shown once, with its state', async () => {
  const { socket, settle, say, answerPosts } = await setup();
  let acknowledge: (answer: Answer<Posted>) => void = () => undefined;
  let id = '';
  answerPosts((request) => {
    id = request.id;
    return new Promise((resolve) => (acknowledge = resolve));
  });
  await say('안녕');
  expect([texts(), states()]).toEqual([['안녕'], ['sending']]);
  socket.fire('message', message(5, '안녕', id, 'me'));
  await settle();
  expect([texts(), states()]).toEqual([['안녕'], ['sent']]);
  acknowledge({ ok: true, id, seq: 5, at: 0 });
  await settle();
  expect([texts(), states()]).toEqual([['안녕'], ['saved']]);
});

test('offline is said, with how many messages wait', async () => {
  const { socket, settle, say } = await setup();
  expect(strip()).toBe('');
  socket.drop();
  await settle();
  // A loss that is over within a second is not worth a word.
  expect(strip()).toBe('');
  await vi.advanceTimersByTimeAsync(1_000);
  expect(strip()).toBe('No connection. Trying again…');
  await say('one');
  await say('two');
  expect(strip()).toBe('No connection. 2 messages will be sent when it is back.');
  expect(states()).toEqual(['waiting', 'waiting']);
});

test('a text that is not taken, because too much waits already, stays in the field', async () => {
  for (let count = 0; count < 200; count += 1) {
    localStorage.setItem(`madang.draft.elsewhere.id${count}`, '{"text":"x"}');
  }
  const { say } = await setup();
  await say('one too many');
  expect(element('.composer textarea', HTMLTextAreaElement).value).toBe('one too many');
  expect(texts()).toEqual([]);
  // The desk outlives the test.
  await say('');
});

test('that the gateway is not storing is said, and the message kept until it is', async () => {
  const { socket, settle, say, answerPosts } = await setup();
  socket.fire('gateway', { storing: false, clock: true });
  answerPosts(() => Promise.resolve(refused('not_stored')));
  await say('one');
  expect(strip()).toMatch(/cannot save/);
  expect([texts(), states()]).toEqual([['one'], ['sent, not saved yet']]);
  answerPosts(({ id }) => Promise.resolve({ ok: true, id, seq: 9, at: 0 }));
  socket.fire('gateway', { storing: true, clock: true });
  await settle();
  expect(strip()).toBe('');
  expect([texts(), states()]).toEqual([['one'], ['saved']]);
});

test('a gateway whose clock is not set says so in its greeting', async () => {
  const { socket, settle } = await setup();
  socket.greet({ ...hello, clock: false });
  await settle();
  expect(strip()).toMatch(/clock is not set/);
});

test('a message refused for good says why, and can be given up', async () => {
  const { settle, say, answerPosts } = await setup();
  answerPosts(() => Promise.resolve(refused('too_long')));
  await say('one');
  expect(states()[0]).toMatch(/^Not sent: That is too long\./);
  element('[data-testid=more]', HTMLButtonElement).click();
  await settle();
  element('[data-testid=discard]', HTMLButtonElement).click();
  await settle();
  expect(texts()).toEqual([]);
});

test('what is gone is shown where it is missing, and a new history as such', async () => {
  const { socket, joins, settle } = await setup();
  socket.fire('message', message(5, 'before'));
  socket.drop();
  joins.push({ messages: [message(90, 'after')], next: 90, gap: true });
  socket.greet(hello);
  await settle();
  const lines = () => all('.log .text, .log .remark');
  expect(lines()).toEqual(['before', 'Some messages in between are no longer kept.', 'after']);
  socket.drop();
  joins.push({ messages: [message(1, 'new')], next: 1, reset: true });
  socket.greet({ ...hello, log: 'B' });
  await settle();
  expect(lines()[0]).toMatch(/has begun a new history/);
  expect(lines()[1]).toBe('new');
});

test('a text that is too long is not sent, and it is said by how much', async () => {
  const { socket, say } = await setup();
  await say('가'.repeat(4_002));
  expect(all('.composer .error')).toEqual(['2 characters too long']);
  expect(socket.emitted.filter(([event]) => event === 'message')).toEqual([]);
});

test('a refused connection asks for what is missing', async () => {
  const { socket, settle } = await setup();
  socket.refuse('no', { code: 'unauthorized', message: 'no' });
  await settle();
  expect(all('.welcome [role=alert]')).toEqual(['This gateway asks for an entry code.']);
  expect(element('input[name=name]', HTMLInputElement).value).toBe('Anna');
  element('input[name=code]', HTMLInputElement).value = '1234';
  element('.welcome form', HTMLFormElement).requestSubmit();
  socket.refuse('no', { code: 'unauthorized', message: 'no' });
  await settle();
  expect(all('.welcome [role=alert]')).toEqual(['That entry code is not right.']);
});
