/**
 * WebKitGTK, the nearest to Safari that runs here, by WebDriver under a virtual X server.
 *
 * It has no store of trusted authorities of its own, so the system's bundle is covered by one that
 * holds the tests' CA alone, in a mount namespace that only this browser lives in. Phones are told
 * apart by their origins (each has a wire, so a port of its own).
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { Builder, By, Capabilities, Key as Keys, error, type WebDriver } from 'selenium-webdriver';

import type { Engine, Phone } from './engine';
import { newFile } from './firefox';
import { PATIENCE_MS, Tab, type Key } from './tab';

export class WebKit implements Engine {
  readonly name = 'WebKit';
  /** Ends the turn of who drives now: commands go to one window at a time. */
  #turn: Promise<unknown> = Promise.resolve();

  private constructor(
    readonly driver: WebDriver,
    readonly processes: readonly ChildProcess[],
    readonly home: string,
  ) {}

  static async launch(ca: string): Promise<WebKit> {
    const home = await mkdtemp(join(tmpdir(), 'madang-webkit-'));
    await mkdir(join(home, 'downloads'));
    await mkdir(join(home, '.config'));
    await writeFile(
      join(home, '.config', 'user-dirs.dirs'),
      'XDG_DOWNLOAD_DIR="$HOME/downloads"\n',
    );
    const { screen, server } = await virtualScreen();
    const port = await freePort();
    const cover = `mount --bind "$0" /etc/ssl/certs/ca-certificates.crt && exec "$@"`;
    const program = ['WebKitWebDriver', `--port=${port}`, '--host=127.0.0.1'];
    const asRoot = process.getuid?.() === 0 ? '-m' : '-rm';
    const driverProcess = spawn('unshare', [asRoot, 'sh', '-c', cover, ca, ...program], {
      stdio: 'ignore',
      // A group of its own, so that the browser ends with it.
      detached: true,
      env: { ...process.env, ...ENVIRONMENT, DISPLAY: screen, HOME: home },
    });
    const processes = [driverProcess, server];
    process.once('exit', () => {
      end(processes);
    });
    const driver = await connected(`http://127.0.0.1:${port}`);
    return new WebKit(driver, processes, home);
  }

  phone(): Promise<Phone> {
    const tabs: WebKitTab[] = [];
    return Promise.resolve({
      tab: async () => {
        const window = await this.inTurn(async (driver) => {
          await driver.switchTo().newWindow('window');
          return driver.getWindowHandle();
        });
        const tab = new WebKitTab(this, window, join(this.home, 'downloads'));
        tabs.push(tab);
        return tab;
      },
      close: async () => {
        for (const tab of tabs) await tab.close();
      },
    });
  }

  /** Runs commands that nothing else of this browser comes between. */
  inTurn<Result>(act: (driver: WebDriver) => Promise<Result>): Promise<Result> {
    const done = this.#turn.then(() => act(this.driver));
    this.#turn = done.catch(() => undefined);
    return done;
  }

  async close(): Promise<void> {
    await this.driver.quit().catch(() => undefined);
    end(this.processes);
    await rm(this.home, { recursive: true, force: true, maxRetries: 5 });
  }
}

class WebKitTab extends Tab {
  #open = true;

  constructor(
    readonly engine: WebKit,
    readonly window: string,
    readonly downloads: string,
  ) {
    super();
  }

  #do<Result>(act: (driver: WebDriver) => Promise<Result>): Promise<Result> {
    return this.engine.inTurn(async (driver) => {
      await driver.switchTo().window(this.window);
      return act(driver);
    });
  }

  override async goto(url: string): Promise<void> {
    await this.#do((driver) => driver.get(url));
  }

  override async reload(): Promise<void> {
    await this.#do((driver) => driver.navigate().refresh());
  }

  override async evaluate(expression: string): Promise<unknown> {
    // A promise is waited for, but null and undefined are one to WebDriver.
    return this.#do((driver) =>
      driver.executeScript(
        `const value = (${expression});
         return Promise.resolve(value).then((is) => (is === undefined ? '\\0undefined' : is));`,
      ),
    ).then((value) => (value === '\0undefined' ? undefined : value));
  }

  protected override async pointAt(selector: string): Promise<void> {
    const deadline = Date.now() + PATIENCE_MS;
    for (;;) {
      try {
        await this.#do((driver) => driver.findElement(By.css(selector)).click());
        return;
      } catch (problem) {
        // What the page paints anew between finding and clicking is looked for again.
        if (!isPassing(problem) || Date.now() > deadline) throw problem;
      }
    }
  }

  override async type(text: string): Promise<void> {
    await this.#do((driver) => driver.switchTo().activeElement().sendKeys(text));
  }

  override async press(key: Key, { shift = false } = {}): Promise<void> {
    const keys = shift ? Keys.chord(Keys.SHIFT, KEYS[key]) : KEYS[key];
    await this.#do((driver) => driver.switchTo().activeElement().sendKeys(keys));
  }

  override async screenshot(): Promise<Buffer> {
    return Buffer.from(await this.#do((driver) => driver.takeScreenshot()), 'base64');
  }

  override download(start: () => Promise<void>): Promise<string> {
    return newFile(this.downloads, start);
  }

  /** WebDriver tells nothing; the wire's watching script does. */
  override problems(): readonly string[] {
    return [];
  }

  override async close(): Promise<void> {
    if (!this.#open) return;
    this.#open = false;
    await this.#do((driver) => driver.close());
    await this.engine.inTurn(async (driver) => {
      const [first] = await driver.getAllWindowHandles();
      if (first !== undefined) await driver.switchTo().window(first);
    });
  }
}

const MINI_BROWSER = '/usr/lib/x86_64-linux-gnu/webkit2gtk-4.1/MiniBrowser';

const ENVIRONMENT = {
  GDK_BACKEND: 'x11',
  LANG: 'C.UTF-8',
  LANGUAGE: 'en',
  // No graphics card, no session bus, no accessibility bus on a test machine.
  LIBGL_ALWAYS_SOFTWARE: '1',
  WEBKIT_DISABLE_DMABUF_RENDERER: '1',
  NO_AT_BRIDGE: '1',
};

const KEYS: Record<Key, string> = {
  Enter: Keys.ENTER,
  Escape: Keys.ESCAPE,
  Tab: Keys.TAB,
  ArrowDown: Keys.ARROW_DOWN,
  ArrowUp: Keys.ARROW_UP,
  Backspace: Keys.BACK_SPACE,
};

function isPassing(problem: unknown): boolean {
  return (
    problem instanceof error.StaleElementReferenceError ||
    problem instanceof error.NoSuchElementError ||
    problem instanceof error.ElementClickInterceptedError ||
    problem instanceof error.ElementNotInteractableError
  );
}

/** An X server without a screen, on a display that it finds free itself. */
async function virtualScreen(): Promise<{ screen: string; server: ChildProcess }> {
  const server = spawn(
    'Xvfb',
    ['-displayfd', '1', '-screen', '0', '1280x900x24', '-nolisten', 'tcp'],
    {
      stdio: ['ignore', 'pipe', 'ignore'],
      detached: true,
    },
  );
  const number = await new Promise<string>((done, failed) => {
    server.stdout.once('data', (bytes: Buffer) => {
      done(bytes.toString().trim());
    });
    server.once('error', failed);
    server.once('exit', () => {
      failed(new Error('Xvfb does not start'));
    });
  });
  return { screen: `:${number}`, server };
}

async function connected(url: string): Promise<WebDriver> {
  const capabilities = new Capabilities({
    browserName: 'MiniBrowser',
    'webkitgtk:browserOptions': { binary: MINI_BROWSER, args: ['--automation'] },
  });
  const deadline = Date.now() + PATIENCE_MS;
  for (;;) {
    try {
      return await new Builder().usingServer(url).withCapabilities(capabilities).build();
    } catch (problem) {
      if (Date.now() > deadline) throw problem;
      await new Promise((done) => setTimeout(done, 100));
    }
  }
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const { port } = server.address() as AddressInfo;
  await new Promise((done) => server.close(done));
  return port;
}

/** Ends processes that lead a group, with all that they have started. */
function end(leaders: readonly ChildProcess[]): void {
  for (const { pid } of leaders) {
    try {
      if (pid !== undefined) process.kill(-pid, 'SIGKILL');
    } catch {
      // It has ended by itself.
    }
  }
}
