/**
 * One room as this phone has it: its messages, its cursor, its outbox, and the way back into it
 * after each loss of the connection.
 *
 *     connected -> join(since, log) -> page … until `more: false` -> live
 *                        | first page: the outbox goes out
 *
 * A join of a room one is in already only brings the next page, so one request serves the first
 * visit, the return and every page in between.
 */
import { Cursor } from './cursor';
import { Outbox, type Draft } from './outbox';
import { Timeline, type Entry } from './timeline';
import type { Ask, JoinRequest, Joined, Message, Person, Refusal } from './wire';

export type Phase =
  | 'away' // not connected, or not joined yet
  | 'catching-up' // joined; older messages are still on their way
  | 'live'
  | 'locked' // a key is needed
  | 'refused'; // see `error`

/** What there is to show of a room; another object after each change. */
export interface ChannelView {
  readonly room: string;
  readonly phase: Phase;
  readonly error: Refusal | undefined;
  readonly count: number;
  /** The window in view, sorted: the newest messages, unless `detached`. */
  readonly entries: readonly Entry[];
  readonly drafts: readonly Draft[];
  /** An older window is in view: what is said live does not come into `entries`. */
  readonly detached: boolean;
  /** What there is beyond the top. */
  readonly older: 'some' | 'loading' | 'none';
  /** What there is beyond the bottom: only of a detached window. */
  readonly newer: 'some' | 'loading' | 'none';
  /** The number of the last message that this person has read here, on any visit. */
  readonly readTo: number | undefined;
  /** Grows by one with each message of somebody else that arrives live, wherever one is reading. */
  readonly arrived: number;
}

export interface ChannelOptions {
  readonly ask: Ask;
  readonly newId: () => string;
  readonly changed: (view: ChannelView) => void;
}

/** Pause before a join is tried again that got no answer, or a refusal without a time. */
const PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 60_000;

export class Channel {
  /** As the person asked for it. */
  readonly asked: string;
  /** As the gateway calls it (normalised). */
  #room: string;
  #phase: Phase = 'away';
  #error: Refusal | undefined;
  #count = 0;
  #readTo: number | undefined;
  #arrived = 0;
  #key: string | undefined;
  /** The connection: whose store it is and who we are there; `undefined` while there is none. */
  #connection: { readonly log: string; readonly me: Person } | undefined;
  /** Grows with each join begun and each loss: answers to earlier ones are void. */
  #turn = 0;
  readonly #cursor = new Cursor();
  readonly #timeline = new Timeline();
  readonly #outbox: Outbox;
  readonly #options: ChannelOptions;

  constructor(room: string, options: ChannelOptions) {
    this.asked = room;
    this.#room = room;
    this.#options = options;
    this.#outbox = new Outbox({
      post: ({ id, text, replyTo }) =>
        options.ask('message', {
          room: this.#room,
          id,
          text,
          ...(replyTo === undefined ? {} : { reply_to: replyTo }),
        }),
      stored: ({ id, text }, { seq, at }) => {
        // Usually it has come back live already; after a lost acknowledgement it may not.
        if (this.#connection === undefined) return;
        this.#timeline.add([{ room: this.#room, seq, id, from: this.#connection.me, text, at }]);
      },
      changed: () => {
        this.#show();
      },
      newId: options.newId,
    });
  }

  get room(): string {
    return this.#room;
  }

  get view(): ChannelView {
    return {
      room: this.asked,
      phase: this.#phase,
      error: this.#error,
      count: this.#count,
      entries: this.#timeline.entries,
      drafts: this.#outbox.drafts,
      detached: false,
      older: 'none',
      newer: 'none',
      readTo: this.#readTo,
      arrived: this.#arrived,
    };
  }

  /** The connection stands; the room is (re)entered. */
  connected(log: string, me: Person): void {
    this.lost();
    this.#connection = { log, me };
    void this.#join();
  }

  /** The connection is gone. */
  lost(): void {
    this.#turn += 1;
    this.#connection = undefined;
    this.#cursor.lost();
    if (this.#phase !== 'locked' && this.#phase !== 'refused') this.#phase = 'away';
    this.#outbox.stop();
    this.#show();
  }

  /** Tries again after a refusal, with the room's key if it has one. */
  knock(key?: string): void {
    if (key !== undefined) this.#key = key;
    if (this.#connection !== undefined) void this.#join();
  }

  post(text: string, replyTo?: number): void {
    this.#outbox.add(text, replyTo);
  }

  /** The reader has seen everything up to here. */
  read(seq: number): void {
    if (seq <= (this.#readTo ?? 0)) return;
    this.#readTo = seq;
    this.#show();
  }

  retry(id: string): void {
    this.#outbox.retry(id);
  }

  discard(id: string): void {
    this.#outbox.discard(id);
  }

  storing(): void {
    this.#outbox.storing();
  }

  /** A live message. */
  message(message: Message): void {
    if (message.from.id !== this.#connection?.me.id) this.#arrived += 1;
    this.#timeline.add([message]);
    this.#cursor.live(message.seq);
    this.#show();
  }

  removed(seq: number): void {
    this.#timeline.remove(seq);
    this.#show();
  }

  present(count: number): void {
    this.#count = count;
    this.#show();
  }

  async #join(): Promise<void> {
    const connection = this.#connection;
    if (connection === undefined) return;
    this.#turn += 1;
    const turn = this.#turn;
    let first = true;
    for (;;) {
      const request: JoinRequest = { room: this.asked, ...this.#cursor.ask };
      if (this.#key !== undefined) request.key = this.#key;
      const answer = await this.#options.ask('join', request).catch(() => undefined);
      if (turn !== this.#turn) return;
      if (answer?.ok !== true) {
        const pause = this.#refused(answer?.error);
        if (pause === undefined) return;
        await new Promise((resolve) => setTimeout(resolve, pause));
        if (turn !== this.#turn) return;
        continue;
      }
      this.#page(answer, connection.log);
      if (first) this.#outbox.start();
      first = false;
      if (!answer.more) return;
    }
  }

  #page(page: Joined, log: string): void {
    this.#room = page.room;
    this.#count = page.count;
    this.#error = undefined;
    this.#phase = page.more ? 'catching-up' : 'live';
    if (page.reset) this.#timeline.reset();
    else if (page.gap && this.#cursor.since !== undefined) this.#timeline.gap(this.#cursor.since);
    this.#timeline.add(page.messages);
    this.#cursor.page(page, log);
    this.#show();
  }

  /** Decides over a refused join; returns the pause before another try, if there is to be one. */
  #refused(error: Refusal | undefined): number | undefined {
    switch (error?.code) {
      case undefined:
      case 'rate':
      case 'busy': {
        this.#error = error;
        this.#show();
        return Math.min(Math.max(error?.retry_after_ms ?? PAUSE_MS, 50), LONGEST_PAUSE_MS);
      }
      case 'locked':
        // The first refusal only says that there is a lock; the next one, that the key is wrong.
        this.#error = this.#key === undefined ? undefined : error;
        this.#key = undefined;
        this.#phase = 'locked';
        break;
      default:
        this.#error = error;
        this.#phase = 'refused';
    }
    this.#outbox.stop();
    this.#show();
    return undefined;
  }

  #show(): void {
    this.#options.changed(this.view);
  }
}
