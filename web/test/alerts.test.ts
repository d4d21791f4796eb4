// @vitest-environment jsdom
import { signal } from '@preact/signals';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';

import { alerts } from '../src/state/alerts';
import type { Model, Unread } from '../src/state/model';
import { createSettings } from '../src/state/settings';

const ring = vi.fn();
const ready = vi.fn();
const load = () => Promise.resolve({ ring, ready });
let visibility: DocumentVisibilityState;

beforeEach(() => {
  vi.useFakeTimers();
  ring.mockClear();
  visibility = 'visible';
  vi.spyOn(document, 'visibilityState', 'get').mockImplementation(() => visibility);
});
afterEach(() => {
  vi.restoreAllMocks();
  vi.useRealTimers();
  localStorage.clear();
});

function setup(open?: string) {
  const unread = signal<ReadonlyMap<string, Unread>>(new Map());
  const status = signal<string>('connecting');
  const model = { unread, status, title: signal('madang') } as unknown as Model;
  const route = { room: signal(open), go: () => undefined };
  const settings = createSettings(() => localStorage);
  alerts({ model, settings, route }, window, load);
  return {
    status,
    settings,
    tell: async (room: string, count: number, mentions = 0) => {
      unread.value = new Map([...unread.value, [room, { count, mentions }]]);
      await vi.advanceTimersByTimeAsync(0);
    },
    online: () => {
      status.value = 'online';
      return vi.advanceTimersByTimeAsync(5_000);
    },
  };
}

test('the title says how much is unread', async () => {
  const { tell } = setup();
  expect(document.title).toBe('madang');
  await tell('a', 2);
  await tell('b', 1);
  // Where nobody has counted there is nothing to add.
  await tell('c', -1);
  expect(document.title).toBe('(3) madang');
});

test('a mention in another room rings, one in the room that is looked at does not', async () => {
  const { tell, online } = setup('a');
  await online();
  await tell('a', 1, 1);
  expect(ring).not.toHaveBeenCalled();
  await tell('b', 1, 1);
  expect(ring).toHaveBeenCalledTimes(1);
  await tell('b', 2, 1);
  expect(ring).toHaveBeenCalledTimes(1);
});

test('with the page hidden a mention in the open room rings too', async () => {
  const { tell, online } = setup('a');
  await online();
  visibility = 'hidden';
  await tell('a', 1, 1);
  expect(ring).toHaveBeenCalledTimes(1);
});

test('what was missed does not ring when the connection comes back', async () => {
  const { tell, status } = setup();
  status.value = 'online';
  await tell('a', 9, 3);
  expect(ring).not.toHaveBeenCalled();
});

test('who wants neither sound nor buzz has none', async () => {
  const { tell, online, settings } = setup();
  settings.vibrate.value = false;
  await online();
  await tell('a', 1, 1);
  expect(ring).not.toHaveBeenCalled();
});

test('sound is made ready as soon as it is wanted: browsers ask for a gesture before', async () => {
  const { settings } = setup();
  expect(ready).not.toHaveBeenCalled();
  settings.sound.value = true;
  await vi.advanceTimersByTimeAsync(0);
  expect(ready).toHaveBeenCalledTimes(1);
});
