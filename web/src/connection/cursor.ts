/**
 * Where this reader stands in one room: the number of the last message it is sure to have without
 * a hole before it, and the store that number belongs to.
 *
 * Pages move it. Live messages move it only once a page has said `more: false` on the same
 * connection: before that there may be messages between the page and them.
 */
import type { Joined } from './wire';

export class Cursor {
  #since: number | undefined;
  #log: string | undefined;
  #complete = false;

  /** The number of the last message read, if any page was. */
  get since(): number | undefined {
    return this.#since;
  }

  /** Whether live messages continue what was read. */
  get complete(): boolean {
    return this.#complete;
  }

  /** What to ask the next page with. */
  get ask(): { since?: number; log?: string } {
    return this.#since === undefined || this.#log === undefined
      ? {}
      : { since: this.#since, log: this.#log };
  }

  /** A page has arrived, on a connection to the store `log`. */
  page(page: Pick<Joined, 'next' | 'more'>, log: string): void {
    this.#since = page.next;
    this.#log = log;
    this.#complete = !page.more;
  }

  /** A message has arrived live. */
  live(seq: number): void {
    if (this.#complete && (this.#since === undefined || seq > this.#since)) this.#since = seq;
  }

  /** The connection is gone: what is live again must first be reached by pages. */
  lost(): void {
    this.#complete = false;
  }
}
