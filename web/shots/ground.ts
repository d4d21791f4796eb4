/**
 * What each picture has: a Chromium with fonts of its own (`fonts.conf`), and the demo opened in it
 * in a given language, theme and width.
 */
import { fileURLToPath } from 'node:url';

import { test as base, chromium, type Browser, type Page } from '@playwright/test';

export { expect } from '@playwright/test';

export interface Look {
  readonly language: 'en' | 'ko';
  readonly theme: 'light' | 'dark';
  readonly width: number;
  readonly height: number;
}

export const PHONE: Look = { language: 'en', theme: 'light', width: 360, height: 720 };
export const KOREAN: Look = { ...PHONE, language: 'ko' };
export const DARK: Look = { ...PHONE, theme: 'dark' };
export const NARROW: Look = { ...PHONE, width: 320, height: 568 };
export const DESKTOP: Look = { ...PHONE, width: 1024, height: 640 };

interface Ground {
  /** Opens the demo with this query and in this room. */
  readonly open: (look: Look, query?: string, room?: string, scale?: number) => Promise<Page>;
}

export const test = base.extend<Ground, { browserOfShots: Browser }>({
  browserOfShots: [
    async ({}, use) => {
      const fonts = fileURLToPath(new URL('fonts.conf', import.meta.url));
      const browser = await chromium.launch({
        executablePath: '/usr/bin/chromium',
        args: ['--no-sandbox', '--font-render-hinting=none', '--disable-lcd-text'],
        env: { ...process.env, FONTCONFIG_FILE: fonts },
      });
      await use(browser);
      await browser.close();
    },
    { scope: 'worker' },
  ],

  open: async ({ browserOfShots }, use) => {
    const problems: string[] = [];
    await use(async ({ language, theme, width, height }, query = '', room, scale = 1) => {
      const context = await browserOfShots.newContext({
        locale: language === 'ko' ? 'ko-KR' : 'en-GB',
        timezoneId: 'Asia/Seoul',
        colorScheme: theme,
        reducedMotion: 'reduce',
        viewport: { width, height },
        deviceScaleFactor: scale,
        hasTouch: width < 720,
        serviceWorkers: 'block',
      });
      const page = await context.newPage();
      page.on('pageerror', (error) => problems.push(String(error)));
      const where = room === undefined ? '' : `#/room/${encodeURIComponent(room)}`;
      await page.goto(`${process.env.DEMO_URL ?? ''}/?quiet&${query}${where}`);
      return page;
    });
    base.expect(problems).toEqual([]);
  },
});
