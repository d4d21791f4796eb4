/**
 * A long room on the move: 5,000 messages are loaded and scrolled through while 20 a second come
 * in; then 20 a second for three minutes more, to see whether the memory levels off. The demo's
 * gateway is in the same browser, so its work is in the figures.
 */
import type { CDPSession, Page } from '@playwright/test';

import { expect, PHONE, test } from '../shots/ground';

const ROOM = 'Sea Breeze';
const LOADED = 5_000;
const PER_SECOND = 20;
const SCROLLED_MS = 30_000;
const MINUTES = 3;
const LONG_TASK_LIMIT_MS = 200;
const SLOW_FRAME_MS = 50;

interface Watch {
  tasks: number[];
  frames: number[];
}

interface Demo {
  flood: (room: string, perSecond: number) => void;
}

test('scrolling through 5,000 messages while 20 a second come in', async ({ open }) => {
  const page = await open(PHONE, 'history=10000&page=200', ROOM);
  const session = await page.context().newCDPSession(page);
  await load(page);
  await watch(page);
  await flood(page, PER_SECOND);
  await scroll(page, session);
  const { tasks, frames } = await page.evaluate(
    () => (window as unknown as { watch: Watch }).watch,
  );
  const longest = Math.round(Math.max(0, ...tasks));
  const slow = frames.filter((frame) => frame > SLOW_FRAME_MS);
  console.log(
    `scrolling: longest task ${longest} ms (limit ${LONG_TASK_LIMIT_MS}), ${tasks.length} above 50 ms; ` +
      `${slow.length} of ${frames.length} frames above ${SLOW_FRAME_MS} ms, ` +
      `the longest ${Math.round(Math.max(0, ...frames))} ms`,
  );

  const heaps = [await heap(session)];
  for (let minute = 0; minute < MINUTES; minute += 1) {
    await page.waitForTimeout(60_000);
    heaps.push(await heap(session));
  }
  await flood(page, 0);
  console.log(`JS heap, a minute apart: ${heaps.map((bytes) => `${mib(bytes)} MiB`).join(', ')}`);
  expect(longest).toBeLessThanOrEqual(LONG_TASK_LIMIT_MS);
});

/** Looks back until the page holds as many messages as it ever does. */
async function load(page: Page): Promise<void> {
  const log = page.locator('.log');
  const messages = page.getByTestId('message');
  await messages.first().waitFor();
  let held = await messages.count();
  let turns = 0;
  while (held < LOADED && turns < 100) {
    await log.evaluate((box) => {
      box.scrollTo({ top: -box.scrollHeight });
    });
    await page.waitForTimeout(300);
    held = await messages.count();
    turns += 1;
  }
  expect(held).toBeGreaterThanOrEqual(LOADED);
  await toEnd(page);
}

/** Where new messages come in: what is there is no longer an older window. */
async function toEnd(page: Page): Promise<void> {
  await page.locator('.log').evaluate((box) => {
    box.scrollTo({ top: box.scrollHeight });
  });
  await page.waitForTimeout(2_000);
}

async function watch(page: Page): Promise<void> {
  await page.evaluate(() => {
    const watch: Watch = { tasks: [], frames: [] };
    Object.assign(window, { watch });
    new PerformanceObserver((list) => {
      for (const { duration } of list.getEntries()) watch.tasks.push(duration);
    }).observe({ type: 'longtask' });
    let last = performance.now();
    const frame = (now: number) => {
      watch.frames.push(now - last);
      last = now;
      requestAnimationFrame(frame);
    };
    requestAnimationFrame(frame);
  });
}

async function flood(page: Page, perSecond: number): Promise<void> {
  await page.evaluate(
    ([room, rate]) => {
      (window as unknown as { demo: Demo }).demo.flood(room, rate);
    },
    [ROOM, perSecond] as const,
  );
}

/** As by a finger: up for a while, down for a while. */
async function scroll(page: Page, session: CDPSession): Promise<void> {
  const { width, height } = PHONE;
  const end = Date.now() + SCROLLED_MS;
  for (let turn = 0; Date.now() < end; turn += 1) {
    await session.send('Input.synthesizeScrollGesture', {
      x: width / 2,
      y: height / 2,
      yDistance: turn % 2 === 0 ? 8_000 : -8_000,
      speed: 3_000,
      gestureSourceType: 'touch',
      preventFling: true,
    });
  }
  await toEnd(page);
}

/** What is left after the garbage is collected. */
async function heap(session: CDPSession): Promise<number> {
  await session.send('HeapProfiler.collectGarbage');
  const { usedSize } = await session.send('Runtime.getHeapUsage');
  return usedSize;
}

function mib(bytes: number): string {
  return (bytes / 1024 ** 2).toFixed(1);
}
