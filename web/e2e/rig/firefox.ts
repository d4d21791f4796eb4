/** Debian's Firefox ESR by WebDriver BiDi. Each phone is a user context with a storage of its own. */
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { launch, type Browser, type Page } from 'puppeteer-core';

import type { Engine, Phone } from './engine';
import { PATIENCE_MS, Tab, type Key } from './tab';
import { trustIn } from './trust';

export class Firefox implements Engine {
  readonly name = 'Firefox';

  private constructor(
    readonly browser: Browser,
    readonly folder: string,
  ) {}

  static async launch(ca: string): Promise<Firefox> {
    const folder = await mkdtemp(join(tmpdir(), 'madang-firefox-'));
    await trustIn(folder, ca);
    const downloads = join(folder, 'downloads');
    const browser = await launch({
      browser: 'firefox',
      executablePath: '/usr/bin/firefox-esr',
      userDataDir: folder,
      extraPrefsFirefox: {
        'browser.download.folderList': 2,
        'browser.download.dir': downloads,
        'browser.download.alwaysOpenPanel': false,
        'intl.accept_languages': 'en-US',
      },
    });
    return new Firefox(browser, folder);
  }

  async phone(): Promise<Phone> {
    const context = await this.browser.createBrowserContext();
    return {
      // Windows, not tabs: a tab behind another one does not paint.
      tab: async () =>
        new FirefoxTab(await context.newPage({ type: 'window' }), join(this.folder, 'downloads')),
      close: () => context.close(),
    };
  }

  async close(): Promise<void> {
    await this.browser.close();
    await rm(this.folder, { recursive: true, force: true, maxRetries: 5 });
  }
}

class FirefoxTab extends Tab {
  constructor(
    readonly page: Page,
    readonly downloads: string,
  ) {
    super();
    page.setDefaultTimeout(PATIENCE_MS);
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
    await this.page.locator(selector).click();
  }

  override async type(text: string): Promise<void> {
    await this.page.keyboard.type(text);
  }

  override async press(key: Key, { shift = false } = {}): Promise<void> {
    if (shift) await this.page.keyboard.down('Shift');
    await this.page.keyboard.press(key);
    if (shift) await this.page.keyboard.up('Shift');
  }

  override async screenshot(): Promise<Buffer> {
    return Buffer.from(await this.page.screenshot());
  }

  override async download(start: () => Promise<void>): Promise<string> {
    return newFile(this.downloads, start);
  }

  /** It tells of failed connections in the same breath; the wire's watching script does not. */
  override problems(): readonly string[] {
    return [];
  }

  override close(): Promise<void> {
    return this.page.close();
  }
}

/** The file that comes into a folder, when it is complete. */
export async function newFile(folder: string, start: () => Promise<void>): Promise<string> {
  const list = () => readdir(folder).catch(() => []);
  const before = new Set(await list());
  await start();
  const deadline = Date.now() + PATIENCE_MS;
  for (;;) {
    const names = await list();
    const added = names.find((name) => !before.has(name) && !PARTIAL.test(name));
    // Firefox writes beside it under another name until it is complete.
    if (added !== undefined && !names.some((name) => PARTIAL.test(name)))
      return join(folder, added);
    if (Date.now() > deadline) throw new Error(`no file came into ${folder}`);
    await new Promise((done) => setTimeout(done, 100));
  }
}

const PARTIAL = /\.(part|wkdownload)$/;
