/**
 * Somebody in front of the page, in whatever browser: does and sees what a person does and sees.
 * Elements are found by their role in the page (`data-testid`), never by the words of a language.
 */
import { expect } from '@playwright/test';

import type { Phone } from './engine';
import type { Tab } from './tab';
import type { Wire } from './wire';

export const it = (name: string): string => `[data-testid=${name}]`;

export class Person {
  constructor(
    readonly phone: Phone,
    readonly wire: Wire,
    public tab: Tab,
  ) {}

  /** The same person once more, in another tab of the same browser. */
  async again(at = ''): Promise<Person> {
    const tab = await this.phone.tab();
    await tab.goto(`${this.wire.url}/${at}`);
    return new Person(this.phone, this.wire, tab);
  }

  async comeIn(name: string, code?: string): Promise<void> {
    await this.tab.fill('.welcome input[name=name]', name);
    if (code !== undefined) await this.tab.fill('.welcome input[name=code]', code);
    await this.tab.click('.welcome button[type=submit]');
    await this.tab.see(it('me'));
  }

  /** Comes in by a link that leads into a room. */
  async comeInto(name: string): Promise<void> {
    await this.tab.fill('.welcome input[name=name]', name);
    await this.tab.click('.welcome button[type=submit]');
    await this.tab.see(it('count'));
  }

  /** Makes the room or enters it, by the field for it. */
  async enter(room: string): Promise<void> {
    await this.back();
    await this.tab.fill('input[name=room]', room);
    await this.tab.press('Enter');
    await this.tab.see(it('count'));
  }

  /** To the list of rooms, where it is not beside the open room. */
  async back(): Promise<void> {
    if (await this.tab.run(seen, '.room .back')) await this.tab.click('.room .back');
    await this.tab.see('.rooms');
  }

  /** Waits until an entry of the list of rooms is there, and goes in by it. */
  async follow(room: string): Promise<void> {
    await this.tab.click(`.rooms a[href="#/room/${encodeURIComponent(room)}"]`);
    await this.tab.see(it('count'));
  }

  /** Out of the open room for good, by its menu. */
  async leave(): Promise<void> {
    if ((await this.tab.count(it('menu'))) > 0) await this.menu('leave');
    else await this.tab.click('.room header button.plain');
  }

  async write(text: string): Promise<void> {
    await this.tab.fill('.composer textarea', text);
  }

  async say(text: string): Promise<void> {
    await this.write(text);
    await this.tab.click('.composer button[type=submit]');
  }

  /** The texts in the log, in order, each as often as it is shown. */
  texts(): Promise<string[]> {
    return this.tab.texts(it('text'));
  }

  /** Waits until exactly these texts are in the log. */
  async reads(texts: readonly string[]): Promise<void> {
    await expect.poll(() => this.texts(), { message: 'the log' }).toEqual(texts);
  }

  /** Waits until the newest text in the log is this. */
  async hears(text: string): Promise<void> {
    await expect.poll(async () => (await this.texts()).at(-1), { message: 'newest' }).toBe(text);
  }

  /** The states of own messages that have not come as far as they should. */
  async unsettled(): Promise<string[]> {
    return this.tab.run(
      (at) =>
        Array.from(
          document.querySelectorAll<HTMLElement>(at),
          (mark) => mark.dataset.state ?? '',
        ).filter((state) => state !== 'stored'),
      it('state'),
    );
  }

  /** Waits until everything that was said has reached the card. */
  async settles(): Promise<void> {
    await expect.poll(() => this.unsettled(), { message: 'not stored' }).toEqual([]);
  }

  /** Waits until so many messages wait for the connection. */
  async waits(count: number): Promise<void> {
    await expect
      .poll(async () => (await this.unsettled()).length, { message: 'waiting' })
      .toBe(count);
  }

  /** Waits until the strip says something (`true`) or that all is well, by saying nothing. */
  async strip(says: boolean): Promise<void> {
    await expect
      .poll(async () => ((await this.tab.text(it('strip'))) ?? '').trim() !== '', {
        message: 'the strip says something',
      })
      .toBe(says);
  }

  async counts(people: number): Promise<void> {
    await expect
      .poll(async () => /\d+/.exec((await this.tab.text(it('count'))) ?? '')?.[0], {
        message: 'people in the room',
        timeout: 30_000,
      })
      .toBe(String(people));
  }

  /** The selector of the message with this text. */
  async line(text: string): Promise<string> {
    const seq = await this.tab.until(
      `a message says ${text}`,
      (message, content, wanted) => {
        const lines = Array.from(document.querySelectorAll<HTMLElement>(`${message}[data-seq]`));
        return lines.find((line) => line.querySelector<HTMLElement>(content)?.innerText === wanted)
          ?.dataset.seq;
      },
      it('message'),
      it('text'),
      text,
    );
    return `${it('message')}[data-seq="${seq}"]`;
  }

  /** Does something with a message: by its button, or where nothing hovers by a tap on it. */
  async act(text: string, action: string): Promise<void> {
    const touch = await this.tab.run(() => matchMedia('(hover: none)').matches);
    await this.tab.click(`${await this.line(text)} ${it(touch ? 'text' : 'more')}`);
    await this.tab.click(`${it('actions')} ${it(action)}`);
  }

  /** Opens one of the room's dialogs. */
  async menu(entry: string): Promise<void> {
    await this.tab.click(it('menu'));
    await this.tab.click(`${it('menu-dialog')} ${it(entry)}`);
  }

  /** How far down the screen an element begins. */
  async top(selector: string): Promise<number> {
    return this.tab.run(
      (at) => document.querySelector(at)?.getBoundingClientRect().top ?? NaN,
      selector,
    );
  }

  /**
   * Scrolls up through the log as far as it goes, a good part of a screen at a time, and holds still
   * after each: tells by how much what was looked at has moved meanwhile, and how many pages came.
   */
  lookBack(oldest: string): Promise<{ moved: number; pages: number }> {
    return this.tab.run(lookBack, oldest, it('message'), it('text'));
  }

  /** Whether the message with this text can be seen in the log just now. */
  async inView(text: string): Promise<boolean> {
    return this.tab.run(
      (content, wanted) => {
        const all = Array.from(document.querySelectorAll<HTMLElement>(content));
        const line = all.find((one) => one.innerText === wanted)?.getBoundingClientRect();
        const log = document.querySelector('.log')?.getBoundingClientRect();
        if (line === undefined || log === undefined) return false;
        return line.bottom > log.top && line.top < log.bottom;
      },
      it('text'),
      text,
    );
  }

  /** Everything that went wrong in the page so far. */
  problems(): string[] {
    return [...this.wire.reports, ...this.tab.problems()];
  }
}

function seen(selector: string): boolean {
  return (document.querySelector(selector)?.getBoundingClientRect().width ?? 0) > 0;
}

async function lookBack(
  oldest: string,
  messages: string,
  content: string,
): Promise<{ moved: number; pages: number }> {
  const frames = async (count: number) => {
    for (let frame = 0; frame < count; frame += 1) {
      await new Promise((done) => {
        requestAnimationFrame(done);
      });
    }
  };
  const log = document.querySelector('.log');
  if (log === null) throw new Error('there is no log');
  const lines = () => Array.from(document.querySelectorAll<HTMLElement>(`${messages}[data-seq]`));
  const result = { moved: 0, pages: 0 };
  let loaded = lines().length;
  for (const deadline = Date.now() + 30_000; Date.now() < deadline;) {
    log.scrollBy({ top: -0.8 * log.clientHeight, behavior: 'instant' });
    await frames(1);
    const { top } = log.getBoundingClientRect();
    const line = lines().find((one) => one.getBoundingClientRect().bottom > top);
    const before = line?.getBoundingClientRect().top ?? NaN;
    await frames(10);
    const after = line?.getBoundingClientRect().top ?? NaN;
    result.moved = Math.max(result.moved, Math.abs(after - before));
    const now = lines();
    if (now.length > loaded) result.pages += 1;
    loaded = now.length;
    const first = now[0]?.querySelector<HTMLElement>(content)?.innerText;
    if (first === oldest && (now[0]?.getBoundingClientRect().top ?? -1) >= top) return result;
  }
  throw new Error(`${oldest} was not reached: ${loaded} messages`);
}
