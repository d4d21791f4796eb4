/**
 * Who this phone is: the name, the secret token that the gateway gave it, the entry code, and who
 * the gateway said last that this is. Kept on the shelf.
 */
import type { Shelf } from './shelf';
import type { Auth, Person } from './wire';

export class Identity {
  readonly #shelf: Shelf;
  #auth: Auth = {};
  #me: Person | undefined;

  constructor(shelf: Shelf) {
    this.#shelf = shelf;
    for (const field of ['name', 'token', 'code'] as const) {
      const value = shelf.read(field);
      if (value !== undefined && value !== '') this.#auth[field] = value;
    }
    const { id, name } = shelf.object('me') ?? {};
    if (typeof id === 'string' && typeof name === 'string') this.#me = { id, name };
  }

  /** What goes into the handshake. */
  get auth(): Auth {
    return { ...this.#auth };
  }

  /** Who we are to others, as of the last greeting: which messages are our own. */
  get me(): Person | undefined {
    return this.#me;
  }

  keep(field: 'name' | 'token' | 'code', value: string): void {
    this.#auth = { ...this.#auth, [field]: value };
    this.#shelf.write(field, value);
  }

  greeted({ id, name }: Person): void {
    this.#me = { id, name };
    this.#shelf.write('me', JSON.stringify(this.#me));
  }

  /** From now on this phone is nobody. */
  forget(): void {
    this.#auth = {};
    this.#me = undefined;
  }
}
