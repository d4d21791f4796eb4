import { defineConfig } from '@playwright/test';

/** Pictures of the demo in Debian's Chromium, and axe in each view; see ground.ts. */
export default defineConfig({
  testDir: '.',
  // scripts/picture.sh wants that of the README only.
  testMatch: process.env.MADANG_PICTURE === undefined ? '*.spec.ts' : 'picture.make.ts',
  outputDir: '../test-results/shots',
  snapshotPathTemplate: 'pictures/{arg}{ext}',
  globalSetup: './demo.ts',
  fullyParallel: true,
  workers: 2,
  forbidOnly: true,
  timeout: 20_000,
  expect: {
    timeout: 10_000,
    toHaveScreenshot: { threshold: 0.2, maxDiffPixels: 40 },
  },
  reporter: [['dot']],
});
