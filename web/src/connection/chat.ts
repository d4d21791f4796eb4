/**
 * The whole of the connection: the link, who we are, and the rooms we are in. It hands what the
 * server says to the room it concerns and brings every room back after a loss. It knows nothing
 * of the screen.
 */
import { patiently } from './asking';
import { Cache } from './cache';
import { Channel, type ChannelOptions } from './channel';
import { Drafts } from './drafts';
import { roomEvents } from './events';
import type { Identity } from './identity';
import { Link, type LinkOptions, type Status, type Transport } from './link';
import { Listing } from './listing';
import { Places } from './places';
import { randomId } from './random';
import type { Shelf } from './shelf';
import type { Unread } from './unread';
import type {
  Answer,
  Ask,
  GatewayState,
  Hello,
  Message,
  Refusal,
  RoomInfo,
  ServerEvents,
} from './wire';

export interface ChatOptions {
  readonly shelf: Shelf;
  readonly identity: Identity;
  readonly mentions: ChannelOptions['mentions'];
  readonly status: (status: Status) => void;
  readonly transport: (transport: Transport | undefined) => void;
  readonly hello: (hello: Hello) => void;
  readonly refused: (refusal: Refusal) => void;
  readonly rooms: (rooms: readonly RoomInfo[]) => void;
  /** A room has changed. */
  readonly channel: (channel: Channel) => void;
  /** The rooms that this person is in, or how much of them is unread, may have changed. */
  readonly places: (joined: readonly string[]) => void;
  /** A message was taken away. */
  readonly removed: (room: string, seq: number) => void;
  readonly gateway: (state: GatewayState) => void;
  readonly notice: ServerEvents['notice'];
  readonly open?: NonNullable<LinkOptions['open']>;
}

/** Rooms gone back into that were not opened since the page was loaded … */
const BACKGROUND_ROOMS = 8;
/** … and how many messages of each. */
const BACKGROUND_PAGE = 20;
/** What another tab has written is taken up if it has not sent it by then: it may be gone. */
const ADOPT_MS = 20_000;

export class Chat {
  readonly #options: ChatOptions;
  readonly #link: Link;
  readonly #places: Places;
  readonly #drafts: Drafts;
  /** By the name that was asked for. Those opened since the page was loaded are in `#opened`. */
  readonly #channels = new Map<string, Channel>();
  readonly #opened = new Set<string>();
  readonly #listing = new Listing();
  #store: string | undefined;
  /** Grows with each connection and loss. */
  #turn = 0;

  constructor(options: ChatOptions) {
    this.#options = options;
    this.#drafts = new Drafts(options.shelf);
    this.#drafts.watch((room, id, isThere) => {
      if (!isThere) this.#channels.get(room)?.gone(id);
      else {
        setTimeout(() => {
          this.#takeUp(room);
        }, ADOPT_MS);
      }
    });
    this.#places = new Places(options.shelf, () => {
      for (const { name, read, log } of this.#places.all) {
        if (read !== undefined && log === this.#store) this.#channels.get(name)?.log.read(read);
      }
      this.#placed();
    });
    this.#link = new Link({
      auth: () => ({ ...options.identity.auth, now: Date.now() }),
      status: (status) => {
        if (status !== 'online') this.#lost();
        options.status(status);
      },
      transport: options.transport,
      hello: (hello) => {
        this.#greeted(hello);
      },
      refused: options.refused,
      events: {
        ...roomEvents(this.#channels, options.removed, (message) => {
          if (this.#listing.heard(message)) options.rooms(this.#listing.rooms);
        }),
        rooms: ({ rooms }) => {
          this.#listed(rooms);
        },
        notice: options.notice,
        gateway: (state) => {
          options.gateway(state);
          if (!state.storing) return;
          for (const { outbox } of this.#channels.values()) outbox.storing();
        },
      },
      ...(options.open ? { open: options.open } : {}),
    });
    // What waits to be sent is counted before there is a connection.
    for (const room of this.#drafts.rooms) this.#channel(room);
  }

  /** Whether too much waits to be sent. */
  get full(): boolean {
    return this.#drafts.full;
  }

  /** Whether nothing is left that the gateway has not acknowledged. */
  get isAllSent(): boolean {
    return this.#drafts.rooms.length === 0;
  }

  get ask(): Ask {
    return this.#link.ask;
  }

  /** The rooms that this person is in, the last opened first. */
  get joined(): readonly string[] {
    return this.#places.all.map(({ name }) => name);
  }

  /** By room; only where something is. */
  get unread(): ReadonlyMap<string, Unread> {
    const unread = new Map<string, Unread>();
    for (const { name, read = 0, log } of this.#places.all) {
      const channel = this.#channels.get(name);
      const last = this.#listing.last(channel?.room ?? name);
      if (channel !== undefined && channel.unread.count > 0) unread.set(name, channel.unread);
      else if (channel?.isIn !== true && log === this.#store && last > read) {
        unread.set(name, { count: -1, mentions: 0 });
      }
    }
    return unread;
  }

  /** Comes in under this name, with the gateway's entry code if it wants one. */
  enter(name: string, code?: string): void {
    this.#options.identity.keep('name', name);
    if (code !== undefined) this.#options.identity.keep('code', code);
    this.#link.connect();
  }

  /** The phone may have slept, or has another network. */
  wake(): void {
    this.#link.wake();
  }

  /** Ends the connection and forgets all rooms. */
  end(): void {
    this.#link.end();
    for (const channel of this.#channels.values()) channel.left();
    this.#channels.clear();
    this.#opened.clear();
    this.#places.clear();
    this.#listing.forget();
  }

  /** Asks for another name; the gateway may give it a number. */
  async rename(name: string): Promise<Answer<{ readonly name: string }>> {
    const answer = await this.#link.ask('rename', { name });
    if (answer.ok) {
      const { identity } = this.#options;
      identity.keep('name', answer.name);
      if (identity.me !== undefined) identity.greeted({ ...identity.me, name: answer.name });
    }
    return answer;
  }

  /** The room, entered if we are not in it. */
  open(name: string): Channel {
    const isNew = !this.#opened.has(name);
    this.#opened.add(name);
    if (this.#places.all[0]?.name !== name) {
      this.#places.opened(name);
      Cache.tidy(this.#options.shelf, this.joined);
      this.#placed();
    }
    const channel = this.#channels.get(name) ?? this.#channel(name);
    // It may be known only by what waits there to be sent, and its turn not have come.
    if (this.#store !== undefined && !channel.isUnderWay) void channel.connected(this.#store);
    // Gone back into with a few messages only.
    else if (isNew) void channel.log.lookback.older();
    return channel;
  }

  /** The room, if we are in it. */
  find(name: string): Channel | undefined {
    return this.#channels.get(name);
  }

  leave(name: string): void {
    const channel = this.#channels.get(name);
    this.#places.left(name);
    this.#channels.delete(name);
    this.#opened.delete(name);
    this.#placed();
    if (channel === undefined) return;
    channel.left();
    this.#listing.left(channel.room);
    this.#options.rooms(this.#listing.rooms);
    void this.#link.ask('leave', { room: channel.room }).catch(() => undefined);
  }

  /** All that the gateway has of a room, oldest first. */
  async *history(name: string): AsyncGenerator<readonly Message[]> {
    const room = this.find(name)?.room ?? name;
    for (let after = 0; ;) {
      const answer = await patiently(this.#link.ask, 'history', { room, after });
      if (!answer.ok) throw new Error(answer.error.message);
      const { messages, more } = answer;
      if (messages.length > 0) yield messages;
      const last = messages[messages.length - 1];
      if (!more || last === undefined) return;
      after = last.seq;
    }
  }

  #channel(name: string): Channel {
    const { shelf, identity, mentions } = this.#options;
    const channel = new Channel(name, {
      ask: this.#link.ask,
      newId: randomId,
      shelf,
      drafts: this.#drafts,
      places: this.#places,
      me: () => identity.me,
      mentions,
      changed: (changed) => {
        // A room that was left says nothing more.
        if (this.#channels.get(name) === changed) this.#options.channel(changed);
      },
    });
    this.#channels.set(name, channel);
    return channel;
  }

  #placed(): void {
    this.#options.places(this.joined);
  }

  #listed(rooms: readonly RoomInfo[]): void {
    this.#listing.told(rooms);
    this.#options.rooms(this.#listing.rooms);
    this.#placed();
  }

  #greeted(hello: Hello): void {
    const { identity } = this.#options;
    identity.keep('token', hello.token);
    identity.greeted({ id: hello.id, name: hello.name });
    if (this.#store !== hello.log) this.#listing.forget();
    this.#store = hello.log;
    this.#turn += 1;
    this.#options.hello(hello);
    void this.#enter(hello.log, this.#turn);
    void this.#link
      .ask('rooms', undefined)
      .then((answer) => {
        if (answer.ok) this.#listed(answer.rooms);
      })
      .catch(() => undefined);
  }

  /** Enters the rooms again: the opened ones first, then, one by one, the others. */
  async #enter(store: string, turn: number): Promise<void> {
    const isOpen = ({ asked }: Channel) => this.#opened.has(asked);
    const opened = [...this.#channels.values()].filter(isOpen);
    await Promise.all(opened.map((channel) => channel.connected(store)));
    const others = new Set(
      [...this.#drafts.rooms, ...this.joined].filter((name) => !this.#opened.has(name)),
    );
    const most = Math.max(BACKGROUND_ROOMS, this.#drafts.rooms.length);
    for (const name of [...others].slice(0, most)) {
      if (turn !== this.#turn) return;
      if (this.#opened.has(name)) continue;
      const channel = this.#channels.get(name) ?? this.#channel(name);
      await channel.connected(store, BACKGROUND_PAGE);
    }
  }

  /** Takes up what another tab has written in a room and not sent. */
  #takeUp(room: string): void {
    if (this.#store === undefined || !this.#drafts.rooms.includes(room)) return;
    const channel = this.#channels.get(room);
    if (channel === undefined) void this.#channel(room).connected(this.#store, BACKGROUND_PAGE);
    else if (channel.isIn) channel.outbox.adopt();
  }

  #lost(): void {
    if (this.#store === undefined) return;
    this.#store = undefined;
    this.#turn += 1;
    for (const channel of this.#channels.values()) channel.lost();
  }
}
