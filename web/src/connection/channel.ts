/**
 * One room: the way into it and back, its log, what this person writes there, and who is in it.
 *
 *     connected -> joining -> first page: the outbox goes out -> … -> live
 */
import { patiently } from './asking';
import type { Drafts } from './drafts';
import { Joining } from './joining';
import type { Beyond } from './lookback';
import { Members } from './members';
import { Outbox, type Draft } from './outbox';
import type { Places } from './places';
import { RoomLog } from './roomlog';
import type { Shelf } from './shelf';
import type { Entry } from './timeline';
import type { Unread } from './unread';
import type {
  Ask,
  HistoryRequest,
  JoinRequest,
  Joined,
  Message,
  Page,
  Person,
  Refusal,
  Requests,
} from './wire';

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
  readonly older: Beyond;
  /** What there is beyond the bottom: only of a detached window. */
  readonly newer: Beyond;
  /** The number of the last message that this person has read here, on any visit. */
  readonly readTo: number | undefined;
  /** Grows by one with each message of somebody else that arrives live, wherever one is reading. */
  readonly arrived: number;
}

export interface ChannelOptions {
  readonly ask: Ask;
  readonly newId: () => string;
  readonly shelf: Shelf;
  readonly drafts: Drafts;
  readonly places: Places;
  /** Who we are, or were on the last visit. */
  readonly me: () => Person | undefined;
  /** Whether a text mentions somebody of this name, among others of those names. */
  readonly mentions: (text: string, me: string, others: readonly string[]) => boolean;
  /** Told once for all that changes in one go. */
  readonly changed: (channel: Channel) => void;
}

export class Channel {
  /** As the person asked for it. */
  readonly asked: string;
  readonly members: Members;
  readonly log: RoomLog;
  readonly outbox: Outbox;
  /** As the gateway calls it (normalised). */
  #room: string;
  #phase: Phase = 'away';
  #error: Refusal | undefined;
  #count = 0;
  #key: string | undefined;
  /** The store of the gateway that we are connected to; `undefined` while we are not. */
  #store: string | undefined;
  /** Messages wanted with the first page, if not as many as there may be. */
  #limit: number | undefined;
  /** Who came and went after the answer that is still being read; `undefined` once that is done. */
  #ahead: (() => void)[] | undefined;
  #telling = false;
  readonly #joining: Joining;
  readonly #options: ChannelOptions;

  constructor(room: string, options: ChannelOptions) {
    this.asked = room;
    this.#room = room;
    this.#options = options;
    this.#key = options.places.of(room)?.key;
    const changed = () => {
      this.#show();
    };
    this.#joining = new Joining({
      ask: () => options.ask('join', this.#request()),
      page: (page, isFirst) => {
        this.#page(page);
        if (isFirst) this.outbox.start();
      },
      delayed: (error) => {
        this.#error = error;
        this.#show();
      },
      refused: (error) => {
        this.#refused(error);
      },
    });
    this.outbox = new Outbox({
      room,
      drafts: options.drafts,
      post: (draft) => this.#post(draft),
      stored: (draft, { seq, at }) => {
        this.#stored(draft, seq, at);
      },
      changed,
      newId: options.newId,
    });
    this.members = new Members({
      ask: (after) => this.#ask('members', { room: this.#room, after }),
      changed,
    });
    this.log = new RoomLog({
      room,
      shelf: options.shelf,
      places: options.places,
      history: (bound) => this.#history(bound),
      me: options.me,
      mentions: (text) => this.#mentionsMe(text),
      isOpen: (id) => this.outbox.has(id),
      changed,
    });
  }

  get room(): string {
    return this.#room;
  }

  /** Whether what is said there reaches us. */
  get isIn(): boolean {
    return this.#phase === 'live' || this.#phase === 'catching-up';
  }

  /** Whether we are on the way into it, or were, on this connection. */
  get isUnderWay(): boolean {
    return this.#store !== undefined;
  }

  /** Another tab had a draft acknowledged, or it was given up there. */
  gone(id: string): void {
    this.outbox.gone(id);
    this.log.settled(id);
  }

  get unread(): Unread {
    return this.log.mark.unread;
  }

  get view(): ChannelView {
    const { lookback, held, mark, arrived } = this.log;
    const { drafts } = this.outbox;
    return {
      room: this.asked,
      phase: this.#phase,
      error: this.#error,
      count: this.#count,
      entries: lookback.entries,
      drafts: held.length === 0 ? drafts : [...held, ...drafts],
      detached: lookback.detached,
      older: lookback.beyondTop,
      newer: lookback.beyondBottom,
      readTo: mark.readTo,
      arrived,
    };
  }

  /**
   * The connection stands; the room is (re)entered, on a first visit with at most `limit` messages.
   * Resolves when we are in, or are not to be.
   */
  connected(store: string, limit?: number): Promise<void> {
    this.lost();
    this.#store = store;
    this.#limit = limit;
    this.#ahead = [];
    return this.#joining.begin();
  }

  /** The connection is gone. */
  lost(): void {
    this.#joining.end();
    this.#store = undefined;
    this.log.lost();
    if (this.#phase !== 'locked' && this.#phase !== 'refused') this.#phase = 'away';
    this.outbox.stop();
    this.#show();
  }

  /** The room is left: nothing of it stays on the phone. */
  left(): void {
    this.lost();
    this.outbox.clear();
    this.log.forget();
  }

  /** Tries again after a refusal, with the room's key if it has one. */
  knock(key?: string): void {
    if (key !== undefined) this.#key = key;
    if (this.#store !== undefined) void this.#joining.begin();
  }

  /**
   * Somebody came, went or has another name. The answer that lets us in names those present by then;
   * it comes first, but two packets of one load are both here before an answer can be read.
   */
  told(change: () => void): void {
    if (this.#ahead === undefined) change();
    else this.#ahead.push(change);
  }

  present(count: number): void {
    this.#count = count;
    this.#show();
  }

  /** A message that may not be in view; `null` when it is gone, `undefined` when nobody can say now. */
  async original(seq: number): Promise<Message | null | undefined> {
    const found = this.log.lookback.find(seq);
    if (found !== undefined) return found;
    const page = await this.#history({ after: seq - 1, limit: 1 });
    if (page === undefined) return undefined;
    return page.messages.find((message) => message.seq === seq) ?? null;
  }

  #request(): JoinRequest {
    const { ask } = this.log;
    const limit = ask.since === undefined ? this.#limit : undefined;
    return { room: this.asked, ...ask, key: this.#key, limit };
  }

  #page(page: Joined): void {
    if (this.#store === undefined) return;
    this.#room = page.room;
    this.#error = undefined;
    this.#phase = page.more ? 'catching-up' : 'live';
    if (this.#key !== undefined) this.#options.places.note(this.asked, { key: this.#key });
    this.#meet(page);
    this.log.page(page, this.#store);
  }

  /** Who is there; later pages of one connection are behind what has been told since. */
  #meet({ members, count }: Joined): void {
    const ahead = this.#ahead;
    if (ahead === undefined) return;
    this.#ahead = undefined;
    this.#count = count;
    this.members.joined(members, count);
    for (const change of ahead) change();
  }

  #refused(error: Refusal): void {
    if (error.code === 'locked') {
      // The first refusal only says that there is a lock; the next one, that the key is wrong.
      this.#error = this.#key === undefined ? undefined : error;
      this.#key = undefined;
      this.#options.places.note(this.asked, { key: undefined });
      this.#phase = 'locked';
    } else {
      this.#error = error;
      this.#phase = 'refused';
    }
    this.outbox.stop();
    this.#show();
  }

  #post({ id, text, replyTo }: Draft) {
    return this.#options.ask('message', { room: this.#room, id, text, reply_to: replyTo });
  }

  #stored(draft: Draft, seq: number, at: number): void {
    const from = this.#options.me();
    if (from === undefined) return;
    const { id, text, replyTo } = draft;
    this.log.stored(draft, { room: this.#room, seq, id, from, text, at, reply_to: replyTo });
  }

  #mentionsMe(text: string): boolean {
    const me = this.#options.me();
    if (me === undefined || !text.includes('@')) return false;
    const others = this.members.list.filter(({ id }) => id !== me.id).map(({ name }) => name);
    return this.#options.mentions(text, me.name, others);
  }

  #history(bound: Omit<HistoryRequest, 'room'>): Promise<Page | undefined> {
    return this.#ask('history', { room: this.#room, ...bound });
  }

  /** `undefined` when it is not to be had now. */
  async #ask<E extends keyof Requests>(
    event: E,
    argument: Requests[E]['ask'],
  ): Promise<Requests[E]['answer'] | undefined> {
    const answer = await patiently(this.#options.ask, event, argument).catch(() => undefined);
    return answer?.ok === true ? answer : undefined;
  }

  #show(): void {
    if (this.#telling) return;
    this.#telling = true;
    void Promise.resolve().then(() => {
      this.#telling = false;
      this.#options.changed(this);
    });
  }
}
