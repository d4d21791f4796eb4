/**
 * The newest messages of a room, kept on the shelf: what a reload shows before the gateway has
 * answered, or without it. Bounded, and the first to go where storage is short.
 */
import type { Shelf } from './shelf';
import type { Timeline } from './timeline';
import type { Message } from './wire';

const PREFIX = 'cache.';
/** Messages kept of a room, and characters of JSON that they may take together. */
const MOST = 100;
const MOST_CHARS = 64_000;
/** Rooms of which messages are kept. */
export const CACHED_ROOMS = 20;

export class Cache {
  readonly #shelf: Shelf;
  readonly #key: string;

  constructor(shelf: Shelf, room: string) {
    this.#shelf = shelf;
    this.#key = PREFIX + room;
  }

  /** What is kept, and of which store; oldest first. */
  read(): { readonly log: string; readonly messages: readonly Message[] } | undefined {
    const { log, messages } = this.#shelf.object(this.#key) ?? {};
    if (typeof log !== 'string' || !Array.isArray(messages)) return undefined;
    return { log, messages: messages.filter(isMessage) };
  }

  /** Keeps the newest of these within 2 s. */
  keep(log: string, tail: () => Timeline): void {
    this.#shelf.later(this.#key, () => {
      const { entries } = tail();
      const kept: string[] = [];
      let chars = 0;
      for (let index = entries.length - 1; index >= 0 && kept.length < MOST; index -= 1) {
        const entry = entries[index];
        // Nothing from before a hole: there would be no saying so.
        if (entry?.kind !== 'message') break;
        const json = JSON.stringify(entry.message);
        chars += json.length;
        if (chars > MOST_CHARS) break;
        kept.push(json);
      }
      return `{"log":${JSON.stringify(log)},"messages":[${kept.reverse().join(',')}]}`;
    });
  }

  drop(): void {
    this.#shelf.drop(this.#key);
  }

  /** Drops what is kept of all rooms but these. */
  static tidy(shelf: Shelf, rooms: readonly string[]): void {
    const kept = new Set(rooms.slice(0, CACHED_ROOMS).map((room) => PREFIX + room));
    for (const key of shelf.keys(PREFIX)) if (!kept.has(key)) shelf.drop(key);
  }
}

/** Another build of this page may have written there. */
function isMessage(value: unknown): value is Message {
  const message = value as Partial<Message> | null;
  return typeof message?.seq === 'number' && typeof message.from?.name === 'string';
}
