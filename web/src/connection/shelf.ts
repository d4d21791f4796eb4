/**
 * What this phone keeps over a reload. `localStorage` where that is allowed (the sheets of captive
 * portals forbid it) and not full; what it does not take is kept as long as the page lives.
 *
 * Everything stands under one prefix. What can be had again (`cache.…`) makes place for what cannot.
 */

/** Pause before what changes often is written. */
const LATER_MS = 2_000;

const PREFIX = 'madang.';
/** Keys under this can be had again from the gateway. */
const CACHE = 'cache.';

/** The part of `Storage` that is used here. */
export type Storing = Pick<Storage, 'getItem' | 'setItem' | 'removeItem' | 'key' | 'length'>;

export class Shelf {
  readonly #storage: Storing | undefined;
  /** What the storage did not take. */
  readonly #memory = new Map<string, string>();
  readonly #watchers: ((key: string, value: string | undefined) => void)[] = [];
  /** What is to be written later, and how it is made then. */
  readonly #pending = new Map<string, () => string>();
  #timer: ReturnType<typeof setTimeout> | undefined;
  #keeps = true;
  #changed: (keeps: boolean) => void = () => undefined;

  /** `storage` is called once and may throw, as everything in it may. */
  constructor(storage: () => Storing) {
    this.#storage = attempt(storage);
    this.#keeps = this.#put('probe', '1');
    this.drop('probe');
  }

  /** Whether what is written here is there after a reload. */
  get keeps(): boolean {
    return this.#keeps;
  }

  /** `keeps` has changed; the last to ask for it is told. */
  onKeeps(changed: (keeps: boolean) => void): void {
    this.#changed = changed;
  }

  read(key: string): string | undefined {
    const kept = this.#memory.get(key);
    if (kept !== undefined) return kept;
    return attempt(() => this.#storage?.getItem(PREFIX + key)) ?? undefined;
  }

  /** What was written as JSON, if it is an object. */
  object(key: string): Readonly<Record<string, unknown>> | undefined {
    const value: unknown = attempt<unknown>(() => JSON.parse(this.read(key) ?? ''));
    return typeof value === 'object' && value !== null ? { ...value } : undefined;
  }

  /** Writes; `false` if it is kept only as long as the page lives. A cache is then not kept at all. */
  write(key: string, value: string): boolean {
    const isCache = key.startsWith(CACHE);
    let kept = this.#put(key, value);
    if (!kept && !isCache) {
      for (const cache of this.keys(CACHE)) {
        this.drop(cache);
        kept = this.#put(key, value);
        if (kept) break;
      }
    }
    if (kept) this.#memory.delete(key);
    else if (isCache) this.drop(key);
    else this.#memory.set(key, value);
    if (!isCache) this.#tell(kept);
    return kept;
  }

  /** Writes within 2 s, or with `flush`; what was still to be written under this key is not. */
  later(key: string, make: () => string): void {
    this.#pending.set(key, make);
    this.#timer ??= setTimeout(() => {
      this.flush();
    }, LATER_MS);
  }

  /** Writes now what is to be written later: the page may be on its way out. */
  flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const pending = [...this.#pending];
    this.#pending.clear();
    for (const [key, make] of pending) this.write(key, make());
  }

  drop(key: string): void {
    this.#pending.delete(key);
    this.#memory.delete(key);
    attempt(() => {
      this.#storage?.removeItem(PREFIX + key);
    });
  }

  /** All keys that begin so. */
  keys(beginning: string): string[] {
    const keys = new Set(this.#memory.keys());
    attempt(() => {
      for (let index = 0; index < (this.#storage?.length ?? 0); index += 1) {
        const key = this.#storage?.key(index);
        if (key?.startsWith(PREFIX) === true) keys.add(key.slice(PREFIX.length));
      }
    });
    return [...keys].filter((key) => key.startsWith(beginning));
  }

  /** Another tab of the same browser has written or dropped something. */
  watch(heard: (key: string, value: string | undefined) => void): void {
    this.#watchers.push(heard);
  }

  /** The browser's `storage` event; its key is `null` when everything was cleared. */
  heard({ key, newValue }: Pick<StorageEvent, 'key' | 'newValue'>): void {
    if (key?.startsWith(PREFIX) !== true) return;
    for (const watcher of this.#watchers) watcher(key.slice(PREFIX.length), newValue ?? undefined);
  }

  /** Clears everything of this page. */
  forget(): void {
    this.#pending.clear();
    for (const key of this.keys('')) this.drop(key);
  }

  #put(key: string, value: string): boolean {
    const done = attempt(() => {
      this.#storage?.setItem(PREFIX + key, value);
      return this.#storage !== undefined;
    });
    return done === true;
  }

  #tell(keeps: boolean): void {
    if (keeps === this.#keeps) return;
    this.#keeps = keeps;
    this.#changed(keeps);
  }
}

function attempt<T>(act: () => T): T | undefined {
  try {
    return act();
  } catch {
    return undefined;
  }
}
