/**
 * What each test of the page has: a gateway of its own, a Chromium that trusts that gateway's local
 * CA (and nothing else new), and people who open the page in it.
 */
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

import {
  test as base,
  chromium,
  type Browser,
  type BrowserContextOptions,
  type Page,
} from '@playwright/test';

import { Gateway } from '../../tests/clients/gateway.mjs';
import { Person } from './person';

export { expect } from '@playwright/test';

const run = promisify(execFile);

interface Arrival extends BrowserContextOptions {
  /** Runs before anything of the page. */
  readonly before?: (page: Page) => Promise<unknown>;
}

interface World {
  /** The gateway's configuration, TOML; set with `test.use`. */
  readonly config: string;
  readonly gateway: Gateway;
  readonly browser: Browser;
  /** Opens the page, in a profile of its own. */
  readonly arrive: (arrival?: Arrival) => Promise<Person>;
}

export const test = base.extend<Omit<World, 'browser'> & { trusting: Browser }>({
  config: ['', { option: true }],

  gateway: async ({ config }, use, info) => {
    const gateway = await Gateway.start(config === '' ? {} : { config });
    await use(gateway);
    if (info.status !== info.expectedStatus) {
      await info.attach('gateway.log', { body: gateway.log, contentType: 'text/plain' });
    }
    await gateway.stop();
  },

  trusting: async ({ gateway }, use) => {
    const home = await mkdtemp(join(tmpdir(), 'madang-home-'));
    const database = join(home, '.pki', 'nssdb');
    await mkdir(database, { recursive: true });
    await run('certutil', ['-d', `sql:${database}`, '-N', '--empty-password']);
    const trust = ['-A', '-n', 'madang test', '-t', 'C,,', '-i', gateway.ca];
    await run('certutil', ['-d', `sql:${database}`, ...trust]);
    const browser = await chromium.launch({
      executablePath: '/usr/bin/chromium',
      // The forged example.com of trust.spec.ts lives on this machine.
      args: ['--no-sandbox', '--host-resolver-rules=MAP example.com 127.0.0.1'],
      env: { ...process.env, HOME: home },
    });
    await use(browser);
    await browser.close();
    await rm(home, { recursive: true, force: true });
  },

  arrive: async ({ gateway, trusting }, use) => {
    const problems: string[] = [];
    await use(async ({ before, ...options } = {}) => {
      const context = await trusting.newContext({ locale: 'en-US', ...options });
      const page = await context.newPage();
      page.on('pageerror', (error) => problems.push(String(error)));
      page.on('console', (line) => {
        if (/Content Security Policy|Trusted ?Type/i.test(line.text())) problems.push(line.text());
      });
      await before?.(page);
      await page.goto(gateway.url);
      return new Person(page);
    });
    // No script error, nothing that the Content-Security-Policy had to stop.
    base.expect(problems).toEqual([]);
  },
});
