import { defineConfig } from '@playwright/test';

/** How fast the page is: measured and printed, with the limits it is built for. */
export default defineConfig({
  testDir: '.',
  testMatch: '*.bench.ts',
  outputDir: '../test-results/bench',
  globalSetup: '../shots/demo.ts',
  workers: 1,
  forbidOnly: true,
  timeout: 10 * 60_000,
  reporter: [['line']],
});
