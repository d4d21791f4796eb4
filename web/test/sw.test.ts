import { afterEach, beforeEach, expect, test, vi } from 'vitest';

/** The worker on caches and a network that the test gives. */
const ORIGIN = 'https://board';
const handlers = new Map<string, (event: object) => void>();
const kept = new Map<string, Map<string, Response>>();
let network: (address: string) => Promise<Response>;

const address = (request: Request | string) =>
  typeof request === 'string' ? request : new URL(request.url).pathname;

class FakeRequest {
  readonly url: string;
  readonly method: string = 'GET';
  readonly mode: string;
  constructor(path: string, { mode = 'cors' }: { mode?: string } = {}) {
    this.url = new URL(path, ORIGIN).href;
    this.mode = mode;
  }
}

beforeEach(async () => {
  vi.resetModules();
  vi.useFakeTimers();
  kept.clear();
  network = (path) => Promise.resolve(new Response(`fresh ${path}`));
  vi.stubGlobal('__FILES__', ['/assets/index-12345678.js', '/icon.svg']);
  vi.stubGlobal('__BUILD__', 'new');
  vi.stubGlobal('Request', FakeRequest);
  vi.stubGlobal('fetch', (request: Request | string) => network(address(request)));
  vi.stubGlobal('self', {
    location: { origin: ORIGIN },
    clients: { claim: () => Promise.resolve() },
    skipWaiting: () => Promise.resolve(),
    addEventListener: (name: string, handler: (event: object) => void) =>
      handlers.set(name, handler),
  });
  vi.stubGlobal('caches', {
    keys: () => Promise.resolve([...kept.keys()]),
    delete: (name: string) => Promise.resolve(kept.delete(name)),
    open: (name: string) => {
      const cache = kept.get(name) ?? new Map<string, Response>();
      kept.set(name, cache);
      return Promise.resolve({
        addAll: async (all: (Request | string)[]) => {
          for (const each of all) cache.set(address(each), await network(address(each)));
        },
      });
    },
    match: (request: Request | string, { cacheName }: { cacheName: string }) =>
      Promise.resolve(kept.get(cacheName)?.get(address(request))?.clone()),
  });
  await import('../src/sw');
});
afterEach(() => {
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

async function installed(): Promise<void> {
  for (const name of ['install', 'activate']) {
    let work: Promise<unknown> = Promise.resolve();
    handlers.get(name)?.({ waitUntil: (done: Promise<unknown>) => (work = done) });
    await work;
  }
}

/** What the worker answers, or `undefined` where it stays out of the way. */
async function ask(path: string, mode?: string): Promise<string | undefined> {
  let answer: Promise<Response> | undefined;
  handlers.get('fetch')?.({
    request: new FakeRequest(path, mode === undefined ? {} : { mode }),
    respondWith: (response: Promise<Response>) => (answer = response),
  });
  return (await answer)?.text();
}

test('it keeps the page and every built file, and drops what earlier builds kept', async () => {
  kept.set('madang-old', new Map());
  kept.set('other', new Map());
  await installed();
  expect([...kept.keys()]).toEqual(['other', 'madang-new']);
  expect([...(kept.get('madang-new')?.keys() ?? [])]).toEqual([
    '/',
    '/assets/index-12345678.js',
    '/icon.svg',
  ]);
});

test('without the gateway the kept page and its files are shown', async () => {
  await installed();
  network = () => Promise.reject(new TypeError('Failed to fetch'));
  expect(await ask('/', 'navigate')).toBe('fresh /');
  expect(await ask('/assets/index-12345678.js')).toBe('fresh /assets/index-12345678.js');
});

test('a new page replaces the kept one at once; a gateway that fails does not', async () => {
  await installed();
  network = () => Promise.resolve(new Response('newer'));
  expect(await ask('/', 'navigate')).toBe('newer');
  network = () => Promise.resolve(new Response('starting', { status: 503 }));
  expect(await ask('/', 'navigate')).toBe('fresh /');
});

test('a network that takes longer than three seconds is not waited for', async () => {
  await installed();
  network = () => new Promise(() => undefined);
  let shown: string | undefined;
  void ask('/', 'navigate').then((text) => (shown = text));
  await vi.advanceTimersByTimeAsync(2_900);
  expect(shown).toBeUndefined();
  await vi.advanceTimersByTimeAsync(200);
  expect(shown).toBe('fresh /');
});

test('the socket, the API, other pages and other sites go past it', async () => {
  await installed();
  for (const path of ['/socket.io/?EIO=4&transport=polling', '/api/v1/rooms', '/sw.js']) {
    expect(await ask(path)).toBeUndefined();
  }
  expect(await ask('/ca.crt', 'navigate')).toBeUndefined();
  expect(await ask('https://elsewhere/icon.svg')).toBeUndefined();
});
