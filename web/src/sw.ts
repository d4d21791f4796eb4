/**
 * The service worker: keeps the shell (the page and every file built with it) so that an installed
 * page opens without the gateway, and shows what the phone still has of its rooms.
 *
 * The page comes from the network where that answers in time, so a new one replaces the old at
 * once; its files are named after their content, so a kept one is as good as a loaded one. A shell
 * is kept whole or not at all. Everything else (the socket, the API) goes past.
 */

/** Put in by vite.shell.ts. */
declare const __FILES__: readonly string[];
declare const __BUILD__: string;

/** The part of the worker's world that is used here; TypeScript's DOM does not have it. */
interface Waiting extends Event {
  readonly waitUntil: (work: Promise<unknown>) => void;
}
interface Fetching extends Event {
  readonly request: Request;
  readonly respondWith: (response: Promise<Response>) => void;
}
interface Scope {
  readonly location: Location;
  readonly clients: { readonly claim: () => Promise<void> };
  readonly skipWaiting: () => Promise<void>;
  readonly addEventListener: ((type: 'install' | 'activate', act: (on: Waiting) => void) => void) &
    ((type: 'fetch', act: (on: Fetching) => void) => void);
}
const worker = self as unknown as Scope;

const files = __FILES__;
const PREFIX = 'madang-';
const CACHE = `${PREFIX}${__BUILD__}`;
const PAGE = '/';
/** How long the network may take for the page before the kept one is shown. */
const LATE_MS = 3_000;

worker.addEventListener('install', (event) => {
  event.waitUntil(keep());
});

worker.addEventListener('activate', (event) => {
  event.waitUntil(replace());
});

worker.addEventListener('fetch', (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (request.method !== 'GET' || origin !== worker.location.origin) return;
  if (request.mode === 'navigate' && pathname === PAGE) event.respondWith(page(request));
  else if (files.includes(pathname)) event.respondWith(file(request));
});

async function keep(): Promise<void> {
  const cache = await caches.open(CACHE);
  await cache.addAll([new Request(PAGE, { cache: 'reload' }), ...files]);
  await worker.skipWaiting();
}

/** What earlier builds kept is of no use to this one. */
async function replace(): Promise<void> {
  const names = await caches.keys();
  const old = names.filter((name) => name.startsWith(PREFIX) && name !== CACHE);
  await Promise.all(old.map((name) => caches.delete(name)));
  await worker.clients.claim();
}

async function page(request: Request): Promise<Response> {
  const kept = await match(PAGE);
  if (kept === undefined) return fetch(request);
  const late = new Promise<Response>((resolve) => setTimeout(resolve, LATE_MS, kept));
  // A gateway that is starting up or broken is no better than none.
  const fresh = fetch(request).then((response) => (response.status < 500 ? response : kept));
  return Promise.race([fresh, late]).catch(() => kept);
}

async function file(request: Request): Promise<Response> {
  return (await match(request)) ?? fetch(request);
}

function match(request: Request | string): Promise<Response | undefined> {
  // However the kept one was compressed, the browser has unpacked it.
  return caches.match(request, { cacheName: CACHE, ignoreVary: true });
}

// A module to the compiler only: what is built is one plain script.
export {};
