/** Debian's Chromium by Playwright, as a desktop or as a phone. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { chromium, devices, type Browser, type BrowserContext, type Page } from '@playwright/test';

import type { Engine, Phone, PhoneOptions } from './engine';
import { Tab, type Key } from './tab';
import { trustIn } from './trust';

export class Chromium implements Engine {
  private constructor(
    readonly name: string,
    readonly browser: Browser,
    readonly device: string | undefined,
    readonly home: string,
  ) {}

  static async launch(ca: string, device?: string): Promise<Chromium> {
    const home = await mkdtemp(join(tmpdir(), 'madang-home-'));
    await trustIn(join(home, '.pki', 'nssdb'), ca);
    const browser = await chromium.launch({
      executablePath: '/usr/bin/chromium',
      // The forged example.com of trust.spec.ts lives on this machine.
      args: ['--no-sandbox', '--host-resolver-rules=MAP example.com 127.0.0.1'],
      env: { ...process.env, HOME: home },
    });
    return new Chromium(device ?? 'Chromium', browser, device, home);
  }

  async phone({ locale = 'en-US' }: PhoneOptions = {}): Promise<Phone> {
    const device = devices[this.device ?? 'Desktop Chrome'];
    const context = await this.browser.newContext({ ...device, locale });
    return {
      tab: async () => new ChromiumTab(await context.newPage(), context, this.device !== undefined),
      close: () => context.close(),
    };
  }

  async close(): Promise<void> {
    await this.browser.close();
    await rm(this.home, { recursive: true, force: true });
  }
}

export class ChromiumTab extends Tab {
  readonly #problems: string[] = [];

  constructor(
    readonly page: Page,
    readonly context: BrowserContext,
    readonly touch: boolean,
  ) {
    super();
    page.on('pageerror', (error) => this.#problems.push(String(error)));
    page.on('console', (line) => {
      if (/Content Security Policy|Trusted ?Type/i.test(line.text())) {
        this.#problems.push(line.text());
      }
    });
  }

  override async goto(url: string): Promise<void> {
    await this.page.goto(url);
  }

  override async reload(): Promise<void> {
    await this.page.reload();
  }

  override evaluate(expression: string): Promise<unknown> {
    return this.page.evaluate(expression);
  }

  protected override async pointAt(selector: string): Promise<void> {
    const element = this.page.locator(selector).first();
    if (this.touch) await element.tap();
    else await element.click();
  }

  override async type(text: string): Promise<void> {
    await this.page.keyboard.type(text);
  }

  override async press(key: Key, { shift = false } = {}): Promise<void> {
    await this.page.keyboard.press(shift ? `Shift+${key}` : key);
  }

  override screenshot(): Promise<Buffer> {
    return this.page.screenshot();
  }

  override async download(start: () => Promise<void>): Promise<string> {
    const coming = this.page.waitForEvent('download');
    await start();
    return (await coming).path();
  }

  override problems(): readonly string[] {
    return this.#problems;
  }

  override close(): Promise<void> {
    return this.page.close();
  }
}
