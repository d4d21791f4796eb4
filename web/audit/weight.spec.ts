import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import type { Request } from '@playwright/test';

import { expect, test } from './ground';

/** What a phone may have to load before it can be used, without pictures: see .size-limit.mjs. */
const FIRST_LOAD_BYTES = 45_000;

test('the first load is 45 KB in all, and everything of it comes from the gateway', async ({
  gateway,
  phone,
}) => {
  const requests: Request[] = [];
  const sockets: string[] = [];
  // Brotli would be smaller still; not every phone asks for it.
  await phone.setExtraHTTPHeaders({ 'Accept-Encoding': 'gzip' });
  const page = await phone.newPage();
  page.on('requestfinished', (request) => requests.push(request));
  page.on('websocket', (socket) => sockets.push(socket.url()));
  await page.goto('/');
  await page.locator('.welcome form').waitFor();
  await page.waitForLoadState('networkidle');

  const loaded = new Map<string, number>();
  for (const request of requests) {
    if (!['document', 'script', 'stylesheet'].includes(request.resourceType())) continue;
    const { pathname } = new URL(request.url());
    const encoding = await (await request.response())?.headerValue('content-encoding');
    expect([pathname, encoding]).toEqual([pathname, 'gzip']);
    loaded.set(pathname, (await request.sizes()).responseBodySize);
  }
  const paths = [...loaded.keys()];
  for (const kind of [/^\/$/, /\.js$/]) {
    expect(paths.filter((path) => kind.test(path)).length).toBeGreaterThan(0);
  }
  const total = [...loaded.values()].reduce((sum, bytes) => sum + bytes, 0);
  console.log(`first load: ${total} bytes`, Object.fromEntries(loaded));
  expect(total).toBeGreaterThan(10_000);
  expect(total).toBeLessThanOrEqual(FIRST_LOAD_BYTES);

  const origins = new Set(requests.map((request) => new URL(request.url()).origin));
  expect([...origins]).toEqual([gateway.url]);
  for (const socket of sockets) expect(new URL(socket).host).toBe(new URL(gateway.url).host);
});

test('nothing of the demo is in the page that is built', async () => {
  const dist = fileURLToPath(new URL('../dist', import.meta.url));
  const files = (await readdir(dist, { recursive: true })).filter((name) =>
    /\.(js|html)$/.test(name),
  );
  expect(files.length).toBeGreaterThan(1);
  for (const name of files) {
    expect(await readFile(join(dist, name), 'utf8')).not.toMatch(/Sea Breeze|p-tom|\bdemo\b/);
  }
});
