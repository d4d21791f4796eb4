/** A phone on a gateway that has 30 messages in each room. */
import { vi } from 'vitest';

import type {
  Auth,
  JoinRequest,
  Joined,
  Message,
  PostRequest,
  RoomInfo,
} from '../src/connection/wire';
import { createModel, type Model, type ModelOptions } from '../src/state/model';
import { FakeSocket } from './socket';
import { shelf } from './storage';

export const me = { id: 'me', name: 'Anna' };
export const hello = { ...me, token: 't', log: 'A', storing: true, clock: true };
export const message = (room: string, seq: number, text = ''): Message => ({
  room,
  seq,
  id: `${room}${seq}`,
  from: { id: 'you', name: 'you' },
  text,
  at: 0,
});

/** A page on a socket whose gateway has 30 messages in each room. */
export function setup(kept = shelf()) {
  const socket = new FakeSocket();
  const joins: JoinRequest[] = [];
  const posts: PostRequest[] = [];
  let rooms: readonly RoomInfo[] = [];
  const other: Record<string, unknown> = {};
  socket.answer = (event, argument) => {
    if (!socket.connected) return Promise.reject(new Error('not connected'));
    if (event in other) return Promise.resolve(other[event]);
    if (event === 'rooms') return Promise.resolve({ ok: true, rooms });
    if (event === 'join') {
      const request = argument as JoinRequest;
      joins.push(request);
      const { room, since, limit = 25 } = request;
      const all = Array.from({ length: 30 }, (_, index) => message(room, index + 1));
      const messages = since === undefined ? all.slice(-limit) : all.slice(since);
      const page: Joined = {
        room,
        members: [me],
        count: 1,
        messages,
        next: 30,
        more: false,
        gap: false,
        reset: false,
      };
      return Promise.resolve({ ok: true, ...page });
    }
    if (event === 'message') {
      posts.push(argument as PostRequest);
      return Promise.resolve({ ok: true, seq: 30 + posts.length, at: 0 });
    }
    return Promise.resolve({ ok: false, error: { code: 'unsupported', message: '' } });
  };
  let auth: (give: (auth: Auth) => void) => void = () => undefined;
  const open: ModelOptions['open'] = (options) => {
    auth = options.auth as typeof auth;
    return socket as never;
  };
  const model = createModel({ shelf: kept, open });
  return {
    socket,
    /** What a handshake says now. */
    auth: () => {
      let given: Auth = {};
      auth((said) => (given = said));
      return given;
    },
    joins,
    posts,
    model,
    kept,
    other,
    list: (...infos: RoomInfo[]) => (rooms = infos),
    come: async () => {
      model.enter('Anna');
      socket.greet(hello);
      await settle();
    },
    asked: (event: string) => socket.emitted.filter(([name]) => name === event).length,
  };
}
export const settle = () => vi.advanceTimersByTimeAsync(0);
export const seqs = (model: Model, room: string) =>
  model.open(room).value.entries.map(({ seq }) => seq);
