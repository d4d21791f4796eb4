/**
 * What each audit has: a gateway of its own, and a Chromium that trusts that gateway's local CA and
 * that Lighthouse can reach too.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { test as base, chromium, type BrowserContext } from '@playwright/test';
import lighthouse, { type Flags, type Report } from 'lighthouse';

import { Gateway } from '../../tests/clients/gateway.mjs';
import { trustIn } from '../e2e/rig/trust';

export { expect } from '@playwright/test';

interface Ground {
  readonly gateway: Gateway;
  readonly debugged: { readonly phone: BrowserContext; readonly port: number };
  readonly phone: BrowserContext;
  /** What Lighthouse reports of the page in a new tab of the same browser. */
  readonly report: (path: string, flags: Omit<Flags, 'port'>) => Promise<Report>;
}

export const test = base.extend<Ground>({
  gateway: async ({}, use) => {
    const gateway = await Gateway.start();
    await use(gateway);
    await gateway.stop();
  },

  debugged: async ({ gateway }, use) => {
    const home = await mkdtemp(join(tmpdir(), 'madang-home-'));
    await trustIn(join(home, '.pki', 'nssdb'), gateway.ca);
    const port = await freePort();
    // One profile for all tabs: Lighthouse's is the same person as the test's.
    const phone = await chromium.launchPersistentContext(join(home, 'profile'), {
      executablePath: '/usr/bin/chromium',
      args: ['--no-sandbox', `--remote-debugging-port=${port}`],
      env: { ...process.env, HOME: home },
      baseURL: gateway.url,
      locale: 'en-US',
    });
    await use({ phone, port });
    await phone.close();
    await rm(home, { recursive: true, force: true });
  },

  phone: async ({ debugged }, use) => {
    await use(debugged.phone);
  },

  report: async ({ gateway, debugged }, use) => {
    await use(async (path, flags) => {
      const { port } = debugged;
      const result = await lighthouse(gateway.url + path, { port, logLevel: 'error', ...flags });
      if (result === undefined) throw new Error('Lighthouse has no result');
      if (result.lhr.runtimeError) throw new Error(result.lhr.runtimeError.message);
      return result.lhr;
    });
  },
});

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const address = server.address();
  await new Promise((done) => server.close(done));
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}
