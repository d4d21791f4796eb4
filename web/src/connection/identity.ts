/**
 * Who this phone is: the name, the secret token that the gateway gave it, the entry code. Kept in
 * `localStorage` where that is allowed (the sheets of captive portals forbid it), else only as
 * long as the page lives.
 */
import type { Auth } from './wire';

/** The part of `Storage` that is used here. */
export type Shelf = Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>;

const PREFIX = 'madang.';

export class Identity {
  readonly #memory = new Map<keyof Auth, string>();
  readonly #shelf: Shelf | undefined;

  /** `shelf` is called once and may throw. */
  constructor(shelf: () => Shelf) {
    this.#shelf = attempt(shelf);
    for (const field of ['name', 'token', 'code'] as const) {
      const value = attempt(() => this.#shelf?.getItem(PREFIX + field));
      if (typeof value === 'string' && value !== '') this.#memory.set(field, value);
    }
  }

  /** What goes into the handshake. */
  get auth(): Auth {
    return Object.fromEntries(this.#memory);
  }

  keep(field: keyof Auth, value: string): void {
    this.#memory.set(field, value);
    attempt(() => {
      this.#shelf?.setItem(PREFIX + field, value);
    });
  }

  drop(field: keyof Auth): void {
    this.#memory.delete(field);
    attempt(() => {
      this.#shelf?.removeItem(PREFIX + field);
    });
  }
}

function attempt<T>(act: () => T): T | undefined {
  try {
    return act();
  } catch {
    return undefined;
  }
}
