/**
 * How far this person has read in a room, and what others have said there since: how many messages,
 * and how many of them with its name behind an `@`.
 */
import type { Places } from './places';
import type { Entry } from './timeline';
import type { Joined, Message } from './wire';

export interface Unread {
  /** Never 0 in a list; -1 for *some*, where the phone is not in the room and cannot count. */
  readonly count: number;
  readonly mentions: number;
}

export interface ReadMarkOptions {
  readonly room: string;
  readonly places: Places;
  /** Whether a message is of somebody else. */
  readonly counts: (message: Message) => boolean;
  readonly mentions: (message: Message) => boolean;
}

export class ReadMark {
  #readTo: number | undefined;
  #count = 0;
  #mentions = 0;
  readonly #options: ReadMarkOptions;

  constructor(options: ReadMarkOptions) {
    this.#options = options;
    this.#readTo = options.places.of(options.room)?.read;
  }

  /** The number of the last message read. */
  get readTo(): number | undefined {
    return this.#readTo;
  }

  get unread(): Unread {
    return { count: this.#count, mentions: this.#mentions };
  }

  /** A page of the store `log` has come. On a first visit nothing in it is new. */
  joined(log: string, { next, reset }: Pick<Joined, 'next' | 'reset'>): void {
    const { places, room } = this.#options;
    const known = places.of(room)?.log;
    if (known === log && this.#readTo !== undefined && !reset) return;
    // In another store, or a former state of this one, nothing was read yet.
    this.#readTo = !reset && (known === undefined || known === log) ? next : 0;
    places.note(room, { log, read: this.#readTo });
  }

  /** Everything up to here was read; `false` if that is nothing new. */
  read(seq: number, entries: readonly Entry[]): boolean {
    if (seq <= (this.#readTo ?? 0)) return false;
    this.#readTo = seq;
    this.#options.places.note(this.#options.room, { read: seq });
    this.recount(entries);
    return true;
  }

  /** One more has come. */
  add(message: Message): void {
    const { counts, mentions } = this.#options;
    if (!counts(message) || message.seq <= (this.#readTo ?? 0)) return;
    this.#count += 1;
    if (mentions(message)) this.#mentions += 1;
  }

  /** Counts anew in what there is of the room. */
  recount(entries: readonly Entry[]): void {
    this.#count = this.#mentions = 0;
    if (this.#readTo === undefined) return;
    for (let index = entries.length - 1; index >= 0; index -= 1) {
      const entry = entries[index];
      if (entry === undefined || entry.seq <= this.#readTo) return;
      if (entry.kind === 'message') this.add(entry.message);
    }
  }
}
