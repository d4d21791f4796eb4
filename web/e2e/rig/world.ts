/**
 * What each test of the page has: a gateway of its own, a browser that trusts the local CA of the
 * tests, and people who arrive, each with a phone and a wire of their own.
 *
 * Browsers are started once for each worker; phones are new for each test.
 */
import { test as base } from '@playwright/test';

import { Gateway } from '../../../tests/clients/gateway.mjs';
import { Bot } from './bot';
import { Chromium } from './chromium';
import type { Engine, PhoneOptions } from './engine';
import { Firefox } from './firefox';
import { Person } from './person';
import { WebKit } from './webkit';
import { Wire } from './wire';

export { expect } from '@playwright/test';

export type EngineName = 'Chromium' | 'Pixel 7' | 'iPhone 14' | 'Firefox' | 'WebKit';

export interface Arrival extends PhoneOptions {
  /** Another browser than the project's. */
  readonly engine?: EngineName;
  /** JavaScript that runs before the page's own. */
  readonly first?: string;
  /** Whatever the wire should do from the beginning. */
  readonly prepare?: (wire: Wire) => void;
  /** What follows the address: `#/room/live`. */
  readonly at?: string;
  readonly gateway?: Gateway;
}

interface World {
  /** The gateway's configuration, TOML; set with `test.use`. */
  readonly config: string;
  readonly gateway: Gateway;
  /** Opens the page, with nothing in the storage. */
  readonly arrive: (arrival?: Arrival) => Promise<Person>;
  /** The same in an engine that is not the project's. */
  readonly stranger: (arrival?: Arrival) => Promise<Person>;
  readonly bot: (name: string) => Promise<Bot>;
  /** What the watching scripts may have seen without the test failing. */
  readonly forgiven: RegExp[];
}

export interface Machine {
  /** The project's browser. */
  readonly engineName: EngineName;
  /** Browsers by name, started when they are first wanted. */
  readonly engines: (name: EngineName) => Promise<Engine>;
}

export const test = base.extend<World, Machine>({
  engineName: ['Chromium', { option: true, scope: 'worker' }],

  engines: [
    async ({}, use) => {
      const running = new Map<EngineName, Promise<Engine>>();
      await use((name) => {
        const engine = running.get(name) ?? launch(name);
        running.set(name, engine);
        return engine;
      });
      for (const engine of running.values()) await (await engine).close();
    },
    { scope: 'worker', timeout: 60_000 },
  ],

  config: ['', { option: true }],

  gateway: async ({ config }, use, info) => {
    const gateway = await Gateway.start(config === '' ? {} : { config });
    await use(gateway);
    if (info.status !== info.expectedStatus) {
      await info.attach('gateway.log', { body: gateway.log, contentType: 'text/plain' });
    }
    await gateway.stop();
  },

  forgiven: async ({}, use) => {
    await use([]);
  },

  arrive: async ({ gateway, engines, engineName, forgiven }, use, info) => {
    const people: Person[] = [];
    await use(async ({ engine = engineName, at = '', first, prepare, ...options } = {}) => {
      const wire = await Wire.lay(options.gateway ?? gateway);
      wire.first = first ?? '';
      prepare?.(wire);
      const phone = await (await engines(engine)).phone(options);
      const tab = await phone.tab();
      const person = new Person(phone, wire, tab);
      people.push(person);
      await tab.goto(wire.url + at);
      return person;
    });
    const failed = info.status !== info.expectedStatus;
    for (const [index, { tab, wire }] of people.entries()) {
      if (!failed) continue;
      const body = await tab.screenshot().catch(() => undefined);
      if (body) await info.attach(`person ${index + 1}`, { body, contentType: 'image/png' });
      const seen = [...wire.reports, ...tab.problems()].join('\n');
      await info.attach(`person ${index + 1} saw`, { body: seen, contentType: 'text/plain' });
    }
    for (const { phone, wire } of people) {
      await phone.close();
      await wire.close();
    }
    // No script error, nothing that the Content-Security-Policy had to stop.
    const problems = people.flatMap((person) => person.problems());
    base.expect(problems.filter((one) => !forgiven.some((fits) => fits.test(one)))).toEqual([]);
  },

  stranger: async ({ arrive, engineName }, use) => {
    const engine = engineName === 'WebKit' ? 'Chromium' : 'WebKit';
    await use((arrival = {}) => arrive({ engine, ...arrival }));
  },

  bot: async ({ gateway }, use) => {
    const bots: Bot[] = [];
    await use(async (name) => {
      const bot = await Bot.arrive(gateway, name);
      bots.push(bot);
      return bot;
    });
    for (const bot of bots) bot.goes();
  },
});

function launch(name: EngineName): Promise<Engine> {
  const ca = process.env.MADANG_TEST_CA ?? '';
  if (name === 'Firefox') return Firefox.launch(ca);
  if (name === 'WebKit') return WebKit.launch(ca);
  return Chromium.launch(ca, name === 'Chromium' ? undefined : name);
}
