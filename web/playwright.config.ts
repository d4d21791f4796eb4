import { defineConfig } from '@playwright/test';

/**
 * The page in Debian's Chromium against the real gateway over TLS. Each test has a gateway, a data
 * folder and a browser of its own; see e2e/world.ts.
 */
export default defineConfig({
  testDir: 'e2e',
  outputDir: 'test-results',
  workers: 1,
  forbidOnly: true,
  timeout: 90_000,
  expect: { timeout: 20_000 },
  reporter: [['list']],
});
