import { defineConfig } from '@playwright/test';

/** The page as the gateway serves it, judged by Lighthouse, axe and its weight. */
export default defineConfig({
  testDir: '.',
  outputDir: '../test-results/audit',
  workers: 1,
  forbidOnly: true,
  timeout: 120_000,
  expect: { timeout: 20_000 },
  reporter: [['list']],
});
