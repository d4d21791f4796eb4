import { afterEach, beforeEach, expect, test, vi } from 'vitest';

import { Link, type Status, type Transport } from '../src/connection/link';
import type { Auth, Refusal } from '../src/connection/wire';
import { FakeSocket } from './socket';

function setup(auth: Auth = {}) {
  const socket = new FakeSocket();
  const seen: Status[] = [];
  const refusals: Refusal[] = [];
  const transports: (Transport | undefined)[] = [];
  let given: unknown;
  const link = new Link({
    auth: () => auth,
    status: (status) => seen.push(status),
    transport: (transport) => transports.push(transport),
    hello: () => undefined,
    refused: (refusal) => refusals.push(refusal),
    events: {} as never,
    open: (options) => {
      given = options;
      return socket as never;
    },
  });
  return { link, socket, seen, refusals, transports, given: () => given };
}

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

test('the order of transports is left to the official client', () => {
  expect(setup().given()).not.toHaveProperty('transports');
});

test('each handshake carries who we are by then', () => {
  const auth: Auth = { name: '철수' };
  const { given } = setup(auth);
  auth.token = 't';
  const give = vi.fn();
  (given() as { auth: (give: unknown) => void }).auth(give);
  expect(give).toHaveBeenCalledWith({ name: '철수', token: 't' });
});

test('it is online when the gateway has greeted, offline when the connection is lost', () => {
  const { link, socket, seen } = setup();
  link.connect();
  socket.greet();
  socket.drop();
  expect(seen).toEqual(['connecting', 'online', 'offline']);
});

test('nothing is put into the client’s own buffer while there is no connection', async () => {
  const { link, socket } = setup();
  await expect(link.ask('rooms', undefined)).rejects.toThrow();
  expect(socket.emitted).toEqual([]);
});

test('a wrong entry code waits for the person', async () => {
  const { link, socket, seen, refusals } = setup();
  link.connect();
  socket.refuse('unauthorized', { code: 'unauthorized', message: 'no' });
  expect(refusals).toEqual([{ code: 'unauthorized', message: 'no' }]);
  expect(seen[seen.length - 1]).toBe('refused');
  await vi.advanceTimersByTimeAsync(600_000);
  expect(socket.connects).toBe(1);
});

test('a refusal without data has its code as the message', () => {
  const { link, socket, refusals } = setup();
  link.connect();
  socket.refuse('unauthorized');
  expect(refusals[0]?.code).toBe('unauthorized');
});

test('a refusal for the moment is tried again after its time', async () => {
  const { link, socket, seen } = setup();
  link.connect();
  socket.refuse('rate', { code: 'rate', message: '', retry_after_ms: 3_000 });
  expect(seen[seen.length - 1]).toBe('offline');
  await vi.advanceTimersByTimeAsync(2_999);
  expect(socket.connects).toBe(1);
  await vi.advanceTimersByTimeAsync(1);
  expect(socket.connects).toBe(2);
});

test('an unreachable gateway is left to the client’s own retries', () => {
  const { link, socket, seen, refusals } = setup();
  link.connect();
  socket.fire('connect_error', new Error('xhr poll error'));
  expect(seen).toEqual(['connecting', 'offline']);
  expect(refusals).toEqual([]);
});

test('who is sent away for good is told so', () => {
  const { link, socket, seen } = setup();
  link.connect();
  socket.greet();
  socket.fire('disconnect', 'io server disconnect');
  expect(seen[seen.length - 1]).toBe('closed');
});

test('on waking up a dead connection is made anew, a living one is kept', async () => {
  const { link, socket } = setup();
  link.connect();
  socket.greet();
  link.wake();
  await vi.advanceTimersByTimeAsync(0);
  expect(socket.connects).toBe(1);
  socket.answer = () => Promise.reject(new Error('timeout'));
  link.wake();
  await vi.advanceTimersByTimeAsync(0);
  expect(socket.connects).toBe(2);
});

test('after waking up the first attempt is given up early, the next ones are not', async () => {
  const { link, socket } = setup();
  link.connect();
  socket.greet();
  socket.answer = () => Promise.reject(new Error('timeout'));
  link.wake();
  await vi.advanceTimersByTimeAsync(0);
  expect(socket.patience).toBe(3_000);
  socket.fire('connect_error', new Error('timeout'));
  expect(socket.patience).toBe(10_000);
});

test('waking up does not connect who has not come in', () => {
  const { link, socket } = setup();
  link.wake();
  expect(socket.connects).toBe(0);
});

test('the transport is told, and that it was upgraded', () => {
  const { link, socket, transports } = setup();
  link.connect();
  socket.greet();
  socket.upgrade();
  socket.drop();
  expect(transports).toEqual(['polling', 'websocket', undefined]);
});
