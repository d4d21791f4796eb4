/**
 * One page in one browser, the same for all engines: what an engine has to offer is small, and all
 * else is made of it. Elements are named by CSS selectors.
 */
export type Key = 'Enter' | 'Escape' | 'Tab' | 'ArrowDown' | 'ArrowUp' | 'Backspace';

/** How long anything may take on a busy machine. */
export const PATIENCE_MS = 20_000;

/** How the engines say that a page has gone while it was asked. */
const MOVED = /context was destroyed|no such frame|navigat|browsing context|discarded/i;

export abstract class Tab {
  abstract goto(url: string): Promise<void>;
  abstract reload(): Promise<void>;
  /** The value of a JavaScript expression, a promise's when it has come. */
  abstract evaluate(expression: string): Promise<unknown>;
  /** A real click (a tap where the device has touch), on an element that is there. */
  protected abstract pointAt(selector: string): Promise<void>;
  /** Real keys, into whatever has the focus. */
  abstract type(text: string): Promise<void>;
  abstract press(key: Key, options?: { shift?: boolean }): Promise<void>;
  abstract screenshot(): Promise<Buffer>;
  /** Does what starts a download, and gives the path of the file when it is complete. */
  abstract download(start: () => Promise<void>): Promise<string>;
  /** What went wrong in the page, as far as the engine itself tells. */
  abstract problems(): readonly string[];
  abstract close(): Promise<void>;

  /** Runs a function in the page; arguments and result travel as JSON. */
  async run<Args extends unknown[], Result>(
    script: (...args: Args) => Result,
    ...args: Args
  ): Promise<Awaited<Result>> {
    const list = JSON.stringify(args).slice(1, -1);
    const expression = `(${String(script)})(${list})`;
    try {
      return (await this.evaluate(expression)) as Awaited<Result>;
    } catch (problem) {
      // The page was just loading itself anew: what was asked is asked of the new one.
      if (!MOVED.test(String(problem))) throw problem;
      return (await this.evaluate(expression)) as Awaited<Result>;
    }
  }

  /** Waits until the function gives something truthy in the page, and returns that. */
  async until<Args extends unknown[], Result>(
    what: string,
    script: (...args: Args) => Result,
    ...args: Args
  ): Promise<Awaited<Result>> {
    const deadline = Date.now() + PATIENCE_MS;
    for (;;) {
      const value = await this.run(script, ...args);
      if (value) return value;
      if (Date.now() > deadline) throw new Error(`waited in vain until ${what}`);
      await new Promise((done) => setTimeout(done, 50));
    }
  }

  /** Waits until an element is there and can be seen. */
  async see(selector: string): Promise<void> {
    await this.until(`${selector} is seen`, isSeen, selector);
  }

  async click(selector: string): Promise<void> {
    await this.see(selector);
    await this.pointAt(selector);
  }

  /** Puts text into a field at once, as from the clipboard. */
  async fill(selector: string, text: string): Promise<void> {
    await this.see(selector);
    await this.run(
      (at, value) => {
        const field = document.querySelector<HTMLInputElement | HTMLTextAreaElement>(at);
        if (field === null) throw new Error(`${at} is gone`);
        field.focus();
        field.select();
        // Not by `value =`, so that it goes the way of real input, limits and undo included.
        // eslint-disable-next-line @typescript-eslint/no-deprecated -- nothing replaces it
        document.execCommand(value === '' ? 'delete' : 'insertText', false, value);
      },
      selector,
      text,
    );
  }

  count(selector: string): Promise<number> {
    return this.run((at) => document.querySelectorAll(at).length, selector);
  }

  /** The visible texts of all elements that fit, in order. */
  texts(selector: string): Promise<string[]> {
    return this.run(
      (at) => Array.from(document.querySelectorAll<HTMLElement>(at), ({ innerText }) => innerText),
      selector,
    );
  }

  /** The visible text of the first that fits, `undefined` if none does. */
  async text(selector: string): Promise<string | undefined> {
    return (await this.texts(selector))[0];
  }

  value(selector: string): Promise<string | undefined> {
    return this.run((at) => document.querySelector<HTMLInputElement>(at)?.value, selector);
  }

  attribute(selector: string, name: string): Promise<string | null> {
    return this.run(
      (at, key) => document.querySelector(at)?.getAttribute(key) ?? null,
      selector,
      name,
    );
  }
}

function isSeen(selector: string): boolean {
  const element = document.querySelector(selector);
  if (element === null) return false;
  const { width, height } = element.getBoundingClientRect();
  return width > 0 && height > 0 && getComputedStyle(element).visibility === 'visible';
}
