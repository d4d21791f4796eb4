/**
 * The messages of one room as a reader sees them: ordered by number, each (sender, id) once. A
 * message that comes again under a later number (seen, not yet on the card, then a power cut)
 * takes the place of the earlier one.
 */
import type { Message } from './wire';

/** A message, or the remark that something is missing after the number `seq`. */
export type Entry =
  | {
      readonly kind: 'message';
      readonly seq: number;
      readonly message: Message;
      /** Of an own message: everybody present has it, or it is on the card as well. */
      readonly state?: 'relayed' | 'stored';
    }
  | { readonly kind: 'gap' | 'reset'; readonly seq: number };

/** Entries kept on the phone; the oldest go first (some 5 MB with messages of ordinary length). */
const KEPT = 5_000;

export class Timeline {
  #entries: readonly Entry[] = [];
  readonly #numbers = new Map<string, number>();

  /** Sorted; another array after each change. */
  get entries(): readonly Entry[] {
    return this.#entries;
  }

  add(messages: readonly Message[]): void {
    const entries = [...this.#entries];
    for (const message of messages) this.#place(entries, message);
    for (const dropped of entries.splice(0, Math.max(0, entries.length - KEPT))) {
      if (dropped.kind === 'message') this.#numbers.delete(key(dropped.message));
    }
    this.#entries = entries;
  }

  /** Notes that messages after `seq` are gone. */
  gap(seq: number): void {
    const entries = [...this.#entries];
    entries.splice(position(entries, seq + 0.5), 0, { kind: 'gap', seq: seq + 0.5 });
    this.#entries = entries;
  }

  /** Forgets everything: the gateway has another store now. */
  reset(): void {
    this.#numbers.clear();
    this.#entries = [{ kind: 'reset', seq: 0 }];
  }

  /** Takes the message with this number out. */
  remove(seq: number): void {
    this.#entries = this.#entries.filter((entry) => {
      if (entry.kind !== 'message' || entry.seq !== seq) return true;
      this.#numbers.delete(key(entry.message));
      return false;
    });
  }

  #place(entries: Entry[], message: Message): void {
    const known = this.#numbers.get(key(message));
    if (known !== undefined) {
      if (known >= message.seq) return;
      entries.splice(position(entries, known), 1);
    }
    this.#numbers.set(key(message), message.seq);
    entries.splice(position(entries, message.seq), 0, {
      kind: 'message',
      seq: message.seq,
      message,
    });
  }
}

/** One string per (sender, id); the sender's id is of fixed form, so it cannot run into the id. */
export function key(message: Pick<Message, 'id' | 'from'>): string {
  return `${message.from.id}\n${message.id}`;
}

/** Index of the first entry not below `seq`. */
function position(entries: readonly Entry[], seq: number): number {
  let low = 0;
  let high = entries.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    const entry = entries[middle];
    if (entry !== undefined && entry.seq < seq) low = middle + 1;
    else high = middle;
  }
  return low;
}
