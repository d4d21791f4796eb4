/** The page's main views, and how one gets to each of them from the address. */
import type { Page } from '@playwright/test';

import type { Look } from './ground';

export interface View {
  readonly name: string;
  readonly query?: string;
  readonly room?: (look: Look) => string;
  /** What a person does there, until the view is there. */
  readonly reach: (page: Page, look: Look) => Promise<void>;
}

/** A room of the reader's language. */
const home = ({ language }: Look) => (language === 'ko' ? '마을회관' : 'Sea Breeze');

/** The room is there, up to its newest message. */
async function settled(page: Page, look: Look): Promise<void> {
  await page.getByTestId('count').waitFor();
  const newest = look.language === 'ko' ? /담요 꼭/ : /lies in the cabin/;
  await page.getByTestId('text').filter({ hasText: newest }).waitFor();
}

async function say(page: Page, text: string): Promise<void> {
  await page.locator('.composer textarea').fill(text);
  await page.locator('.composer button[type=submit]').click();
}

async function drop(page: Page): Promise<void> {
  await page.evaluate(() => {
    (window as unknown as { demo: { drop: () => void } }).demo.drop();
  });
}

const words = {
  en: ['Is the anchor light on?', 'I cannot see it from here.', 'Never mind, it is 🙂'],
  ko: ['기타 줄이 하나 끊어졌어요.', '여분 있는 분 계세요?', '찾았습니다 🙂'],
};

export const VIEWS: readonly View[] = [
  {
    name: 'welcome',
    query: 'name=',
    reach: (page) => page.locator('.welcome form').waitFor(),
  },
  {
    name: 'rooms',
    reach: (page) => page.getByTestId('room').nth(4).waitFor(),
  },
  { name: 'room', room: home, reach: settled },
  {
    name: 'earlier',
    room: home,
    reach: async (page, look) => {
      await settled(page, look);
      await page.locator('.log').evaluate((log) => {
        log.querySelector('[data-testid=fold]')?.scrollIntoView({ block: 'center' });
      });
      await page.getByTestId('latest').waitFor();
    },
  },
  {
    name: 'notice',
    query: 'crowded&unsure&posts=relayed',
    room: home,
    reach: async (page, look) => {
      await settled(page, look);
      await page.getByTestId('strip').getByText(/Wi-Fi/).waitFor();
      for (const text of words[look.language].slice(2)) await say(page, text);
      await page.getByTestId('unsure').waitFor();
    },
  },
  {
    name: 'offline',
    room: home,
    reach: async (page, look) => {
      await settled(page, look);
      await drop(page);
      for (const text of words[look.language]) await say(page, text);
      await page.locator('[data-testid=state]').nth(2).waitFor();
      await page.getByTestId('strip').getByText(/./).first().waitFor();
    },
  },
  {
    name: 'failed',
    query: 'posts=stored,unstored,failed,relayed',
    room: home,
    reach: async (page, look) => {
      await settled(page, look);
      for (const text of [...words[look.language], '👋']) await say(page, text);
      for (const state of ['unstored', 'failed', 'relayed']) {
        await page.locator(`[data-state=${state}]`).waitFor();
      }
    },
  },
  {
    name: 'menu',
    room: home,
    reach: async (page, look) => {
      await settled(page, look);
      await page.getByTestId('menu').click();
      await page.getByTestId('menu-dialog').waitFor();
    },
  },
  {
    name: 'people',
    room: home,
    reach: async (page, look) => {
      await settled(page, look);
      await page.getByTestId('count').click();
      await page.getByTestId('people-dialog').locator('li').nth(3).waitFor();
    },
  },
  {
    name: 'days',
    room: home,
    reach: async (page, look) => {
      await settled(page, look);
      await page.getByTestId('menu').click();
      await page.getByTestId('days').click();
      await page.locator('[data-testid=days-dialog] [data-day]').first().waitFor();
    },
  },
  {
    name: 'actions',
    room: home,
    reach: async (page, look) => {
      await settled(page, look);
      // A press on the message where there is no pointer that hovers.
      const message = page.getByTestId('message').last();
      const touch = await page.evaluate(() => matchMedia('(hover: none)').matches);
      await (touch ? message.getByTestId('text') : message.getByTestId('more')).click();
      await page.getByTestId('actions').waitFor();
    },
  },
  {
    name: 'settings',
    reach: async (page) => {
      await page.getByTestId('settings').click();
      await page.getByTestId('settings-dialog').waitFor();
    },
  },
  {
    name: 'locked',
    room: () => 'Kitchen committee',
    reach: (page) => page.locator('input[name=key]').waitFor(),
  },
];
