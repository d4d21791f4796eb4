/**
 * Messages of one room as a reader sees them: ordered by number, each (sender, id) once. A message
 * that comes again under a later number (seen, not yet on the card, then a power cut) takes the
 * place of the earlier one.
 */
import type { Message } from './wire';

/** Of an own message: everybody present has it, or it is on the card as well. */
export type MessageState = 'relayed' | 'stored';

export interface MessageEntry {
  readonly kind: 'message';
  readonly seq: number;
  readonly message: Message;
  readonly state?: MessageState | undefined;
}

/** A message, or the remark that something is missing after the number `seq`. */
export type Entry =
  | MessageEntry
  | { readonly kind: 'gap' | 'reset'; readonly seq: number; readonly state?: undefined };

/** What is to be said of a message's state, if anything. */
export type Mark = (message: Message) => MessageState | undefined;

export class Timeline {
  #entries: readonly Entry[];
  /** Number by sender and id. */
  readonly #numbers = new Map<string, number>();

  /** `entries` are sorted, and each message is in them once. */
  constructor(entries: readonly Entry[] = []) {
    this.#entries = entries;
    for (const entry of entries) this.#note(entry);
  }

  /** Sorted; another array after each change. */
  get entries(): readonly Entry[] {
    return this.#entries;
  }

  /** The number of the oldest message. */
  get first(): number | undefined {
    return this.#entries.find(({ kind }) => kind === 'message')?.seq;
  }

  /** The number of the newest message. */
  get last(): number | undefined {
    for (let index = this.#entries.length - 1; index >= 0; index -= 1) {
      const entry = this.#entries[index];
      if (entry?.kind === 'message') return entry.seq;
    }
    return undefined;
  }

  /** The number under which a message is here. */
  number(message: Pick<Message, 'id' | 'from'>): number | undefined {
    return this.#numbers.get(key(message));
  }

  /** The message of that number. */
  find(seq: number): Message | undefined {
    const entry = this.#entries[position(this.#entries, seq)];
    return entry?.kind === 'message' && entry.seq === seq ? entry.message : undefined;
  }

  add(messages: readonly Message[], mark: Mark = () => undefined): void {
    if (messages.length === 0) return;
    const entries = [...this.#entries];
    for (const message of messages) {
      this.#place(entries, { kind: 'message', seq: message.seq, message, state: mark(message) });
    }
    this.#entries = entries;
  }

  /** Takes in all that the other one has. */
  merge(other: Timeline): void {
    const entries = [...this.#entries];
    for (const entry of other.entries) {
      if (entry.kind === 'message') this.#place(entries, entry);
      else insert(entries, entry);
    }
    this.#entries = entries;
  }

  /** Notes that messages after `seq` are gone. */
  gap(seq: number): void {
    const entries = [...this.#entries];
    insert(entries, { kind: 'gap', seq: seq + 0.5 });
    this.#entries = entries;
  }

  /** Forgets everything: the gateway has another store now. */
  reset(): void {
    this.#numbers.clear();
    this.#entries = [{ kind: 'reset', seq: 0 }];
  }

  /** Takes the message with this number out. */
  remove(seq: number): void {
    const at = position(this.#entries, seq);
    const entry = this.#entries[at];
    if (entry?.kind !== 'message' || entry.seq !== seq) return;
    this.#numbers.delete(key(entry.message));
    this.#entries = this.#entries.filter((_, index) => index !== at);
  }

  /** Lets the oldest or the newest beyond `most` go; `true` if there were such. */
  trim(most: number, side: 'oldest' | 'newest'): boolean {
    const excess = this.#entries.length - most;
    if (excess <= 0) return false;
    const entries = [...this.#entries];
    const gone = side === 'oldest' ? entries.splice(0, excess) : entries.splice(most);
    for (const entry of gone) {
      if (entry.kind === 'message') this.#numbers.delete(key(entry.message));
    }
    this.#entries = entries;
    return true;
  }

  #note(entry: Entry): void {
    if (entry.kind === 'message') this.#numbers.set(key(entry.message), entry.seq);
  }

  #place(entries: Entry[], entry: MessageEntry): void {
    const known = this.#numbers.get(key(entry.message));
    if (known !== undefined) {
      if (known > entry.seq) return;
      const at = position(entries, known);
      if (known === entry.seq) {
        // That it is on the card is never taken back.
        const held = entries[at];
        if (held?.kind === 'message' && entry.state !== undefined && held.state !== 'stored') {
          entries[at] = { ...held, state: entry.state };
        }
        return;
      }
      entries.splice(at, 1);
    }
    this.#note(entry);
    entries.splice(position(entries, entry.seq), 0, entry);
  }
}

/** One string per (sender, id); the sender's id is of fixed form, so it cannot run into the id. */
export function key(message: Pick<Message, 'id' | 'from'>): string {
  return `${message.from.id}\n${message.id}`;
}

/** Puts a remark where it belongs, once. */
function insert(entries: Entry[], remark: Entry): void {
  const at = position(entries, remark.seq);
  if (entries[at]?.seq !== remark.seq) entries.splice(at, 0, remark);
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
