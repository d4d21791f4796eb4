import { defineConfig } from '@playwright/test';

import type { Machine } from './e2e/rig/world';

/**
 * The page in real browsers against the real gateway over TLS. What is in `e2e/scenarios` runs in
 * every engine, all else in Chromium; see e2e/rig/world.ts for what a test has.
 */
const everywhere = 'e2e/scenarios';

export default defineConfig<object, Pick<Machine, 'engineName'>>({
  outputDir: 'test-results',
  globalSetup: './e2e/rig/authority.ts',
  workers: 2,
  forbidOnly: true,
  timeout: 60_000,
  globalTimeout: 15 * 60_000,
  expect: { timeout: 20_000 },
  reporter: [['list']],
  projects: [
    { name: 'Chromium', testDir: 'e2e', use: { engineName: 'Chromium' } },
    { name: 'Pixel', testDir: everywhere, use: { engineName: 'Pixel 7' } },
    { name: 'iPhone', testDir: everywhere, use: { engineName: 'iPhone 14' } },
    { name: 'Firefox', testDir: everywhere, use: { engineName: 'Firefox' } },
    { name: 'WebKit', testDir: everywhere, use: { engineName: 'WebKit' } },
  ],
});
