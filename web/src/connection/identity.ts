/**
 * Who this phone is: the name, the secret token that the gateway gave it, the entry code. Kept on
 * the shelf.
 */
import type { Shelf } from './shelf';
import type { Auth } from './wire';

export class Identity {
  readonly #shelf: Shelf;
  #auth: Auth = {};

  constructor(shelf: Shelf) {
    this.#shelf = shelf;
    for (const field of ['name', 'token', 'code'] as const) {
      const value = shelf.read(field);
      if (value !== undefined && value !== '') this.#auth[field] = value;
    }
  }

  /** What goes into the handshake. */
  get auth(): Auth {
    return { ...this.#auth };
  }

  keep(field: keyof Auth, value: string): void {
    this.#auth = { ...this.#auth, [field]: value };
    this.#shelf.write(field, value);
  }

  /** From now on this phone is nobody. */
  forget(): void {
    this.#auth = {};
  }
}
