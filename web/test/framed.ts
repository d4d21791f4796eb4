/** The page with a gateway that answers as the test says, else as an empty one. */
import { vi } from 'vitest';

import { element, hello, joined, me, show } from './page';
import { FakeSocket } from './socket';

/** The page on a socket that the test drives; `answers` by event, before what is usual. */
export function setup({
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
  const app = show(socket, hash, storage);
  const settle = async () => {
    for (let round = 0; round < 5; round += 1) await vi.advanceTimersByTimeAsync(20);
  };
  return {
    app,
    socket,
    settle,
    greet: async () => {
      app.model.enter('Anna');
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
