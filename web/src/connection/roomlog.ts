/**
 * A room's log as this phone has it: what it kept from the last visit, the pages and live messages
 * since, how far this person has read.
 *
 * Between the first page of a return and the last, what arrives live is set aside: there may be
 * messages between, and what is shown has no hole in it.
 */
import { Cache } from './cache';
import { Cursor } from './cursor';
import type { Draft } from './drafts';
import { Lookback, type Bounds, type LookbackOptions } from './lookback';
import type { Places } from './places';
import type { Shelf } from './shelf';
import { ReadMark } from './unread';
import type { Joined, Message, Person } from './wire';

export interface RoomLogOptions {
  readonly room: string;
  readonly shelf: Shelf;
  readonly places: Places;
  readonly history: LookbackOptions['ask'];
  /** Who we are, or were on the last visit. */
  readonly me: () => Person | undefined;
  /** Whether a text of somebody else mentions us. */
  readonly mentions: (text: string) => boolean;
  /** Whether an own message has yet to be acknowledged. */
  readonly isOpen: (id: string) => boolean;
  readonly changed: () => void;
  readonly bounds?: Bounds | undefined;
}

export class RoomLog {
  readonly lookback: Lookback;
  readonly mark: ReadMark;
  readonly #options: RoomLogOptions;
  readonly #cursor = new Cursor();
  readonly #cache: Cache;
  /** Which store it is of; `undefined` while there is no connection. */
  #log: string | undefined;
  /** What this phone had before it joined. */
  #kept: ReturnType<Cache['read']>;
  #arrived = 0;
  /** What has arrived live before the last page. */
  #ahead: Message[] = [];
  /** Acknowledged before the last page: shown as drafts until their place is reached. */
  #held: { readonly draft: Draft; readonly message: Message }[] = [];

  constructor(options: RoomLogOptions) {
    this.#options = options;
    const { room, places, shelf } = options;
    this.lookback = new Lookback({
      ask: options.history,
      mark: (message) => (this.#isMine(message) ? (this.#live(message) ?? 'stored') : undefined),
      changed: options.changed,
      bounds: options.bounds,
    });
    this.mark = new ReadMark({
      room,
      places,
      counts: (message) => !this.#isMine(message),
      mentions: ({ text }) => text !== undefined && options.mentions(text),
    });
    this.#cache = new Cache(shelf, room);
    this.#kept = this.#cache.read();
    if (this.#kept !== undefined) this.lookback.begin(this.#kept.messages);
    this.#recount();
  }

  /** What to ask the next page with. */
  get ask(): Cursor['ask'] {
    return this.#cursor.ask;
  }

  /** How many messages of others have arrived live. */
  get arrived(): number {
    return this.#arrived;
  }

  /** Acknowledged drafts whose place in the log is not reached yet. */
  get held(): readonly Draft[] {
    return this.#held.map(({ draft }) => draft);
  }

  /** A page of the store `log`. */
  page(page: Joined, log: string): void {
    const { since } = this.#cursor;
    this.#log = log;
    if (page.reset) {
      this.#held = [];
      this.lookback.reset(page.messages);
    } else if (since === undefined) {
      this.lookback.begin(page.messages, continued(this.#kept, log, page.messages));
    } else {
      if (page.gap) this.lookback.gap(since);
      this.lookback.append(page.messages);
    }
    this.#kept = undefined;
    this.mark.joined(log, page);
    this.#cursor.page(page, log);
    if (this.#cursor.complete) this.#arriveAhead();
    this.#recount();
    this.#grown();
  }

  /** A live message. */
  message(message: Message): void {
    if (!this.#cursor.complete) {
      this.#ahead.push(message);
      return;
    }
    this.#cursor.live(message.seq);
    this.#arrive([message]);
    this.#grown();
  }

  removed(seq: number): void {
    this.#ahead = this.#ahead.filter((message) => message.seq !== seq);
    this.lookback.remove(seq);
    this.#recount();
    this.#grown();
  }

  /** A draft is on the card. Usually it has come back live already; after a lost answer it may not. */
  stored(draft: Draft, message: Message): void {
    if (this.#cursor.complete) {
      this.lookback.stored(message);
      this.#grown();
    } else this.#held.push({ draft: { ...draft, state: 'sending' }, message });
  }

  /** Another tab had an own message acknowledged: here it may have come as relayed only. */
  settled(id: string): void {
    const from = this.#options.me();
    if (from === undefined) return;
    const message = this.lookback.tail.find(this.lookback.tail.number({ id, from }) ?? 0);
    if (message === undefined) return;
    this.lookback.stored(message);
    this.#grown();
  }

  read(seq: number): void {
    if (this.mark.read(seq, this.lookback.tail.entries)) this.#options.changed();
  }

  /** The connection is gone. */
  lost(): void {
    this.#log = undefined;
    this.#ahead = [];
    this.#cursor.lost();
  }

  /** The room is left: nothing of it stays on the phone. */
  forget(): void {
    this.lost();
    this.#cache.drop();
  }

  /** What was set aside has its place now. */
  #arriveAhead(): void {
    for (const { seq } of this.#ahead) this.#cursor.live(seq);
    this.#arrive(this.#ahead);
    for (const { message } of this.#held) this.lookback.stored(message);
    this.#ahead = [];
    this.#held = [];
  }

  #arrive(messages: readonly Message[]): void {
    const fresh = messages.filter(
      (message) => this.lookback.tail.number(message) === undefined && !this.#isMine(message),
    );
    this.#arrived += fresh.length;
    for (const message of fresh) this.mark.add(message);
    this.lookback.append(messages, (message) => this.#live(message));
  }

  #isMine({ from }: Message): boolean {
    return from.id === this.#options.me()?.id;
  }

  /** The state of a message that has only been relayed. */
  #live(message: Message): 'relayed' | undefined {
    return this.#isMine(message) && this.#options.isOpen(message.id) ? 'relayed' : undefined;
  }

  #recount(): void {
    this.mark.recount(this.lookback.tail.entries);
  }

  #grown(): void {
    if (this.#log !== undefined) this.#cache.keep(this.#log, () => this.lookback.tail);
    this.#options.changed();
  }
}

/** What the phone had, where the newest page continues it without a hole. */
function continued(
  kept: ReturnType<Cache['read']>,
  log: string,
  messages: readonly Message[],
): readonly Message[] {
  const first = messages[0]?.seq;
  const last = kept?.messages[kept.messages.length - 1]?.seq;
  if (kept?.log !== log || first === undefined || last === undefined || last < first) return [];
  // What it had beyond is on the page, unless it is gone.
  return kept.messages.filter(({ seq }) => seq < first);
}
