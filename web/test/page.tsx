/** The whole page in jsdom: what that lacks, a socket that the test drives, and what is shown. */
import { render } from 'preact';
import { afterEach, beforeEach, vi } from 'vitest';

import { Shelf } from '../src/connection/shelf';
import { createModel } from '../src/state/model';
import { route } from '../src/state/route';
import { createSettings } from '../src/state/settings';
import { App } from '../src/views/App';
import { createApp, Provide } from '../src/views/context';
import { loadTalk } from '../src/views/Talk';
import { withDialogs } from './dialog';
import type { FakeSocket } from './socket';

export const me = { id: 'me', name: 'Anna' };
export const hello = { ...me, token: 't', log: 'A', storing: true, clock: true };
/** The answer to a join of an empty room. */
export const joined = {
  members: [me],
  count: 1,
  messages: [],
  next: 0,
  more: false,
  gap: false,
  reset: false,
};

/** Each test of the file has a page and a time of its own. */
export function inPage(time: { now?: number } = {}): void {
  beforeEach(async () => {
    await loadTalk();
    vi.useFakeTimers(time);
    withDialogs();
    Element.prototype.scrollIntoView = () => undefined;
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
}

/** Draws the page at this address. */
export function show(socket: FakeSocket, hash = '#/room/live', storage = () => localStorage) {
  window.location.hash = hash;
  const model = createModel({ shelf: new Shelf(storage), open: () => socket as never });
  const settings = createSettings(() => localStorage);
  const app = createApp({ model, route: route(window), settings }, ['en']);
  render(
    <Provide value={app}>
      <App />
    </Provide>,
    document.body,
  );
  return app;
}

/** What is there of this kind; by its test id, if it is only a name. */
export function element<T extends Element>(selector: string, type: new () => T): T {
  const place = /[.[# ]/.test(selector) ? selector : `[data-testid=${selector}]`;
  const found = document.querySelector(place);
  if (found instanceof type) return found;
  throw new Error(`nothing is ${selector} in ${document.body.textContent}`);
}

export const all = (selector: string) =>
  [...document.querySelectorAll(selector)].map((found) => found.textContent);
