/**
 * The whole of the connection: the link, who we are, and the rooms we are in. It hands what the
 * server says to the room it concerns and brings every room back after a loss. It knows nothing
 * of the screen.
 */
import { Channel, type ChannelView } from './channel';
import type { Identity } from './identity';
import { Link, type LinkOptions, type Status } from './link';
import { randomId } from './random';
import type { Answer, Ask, GatewayState, Hello, Message, Person, Refusal, RoomInfo } from './wire';

export interface ChatOptions {
  readonly identity: Identity;
  readonly status: (status: Status) => void;
  readonly hello: (hello: Hello) => void;
  readonly refused: (refusal: Refusal) => void;
  readonly rooms: (rooms: readonly RoomInfo[]) => void;
  readonly channel: (view: ChannelView) => void;
  readonly gateway: (state: GatewayState) => void;
  readonly notice: (text: string) => void;
  readonly open?: NonNullable<LinkOptions['open']>;
}

export class Chat {
  readonly #options: ChatOptions;
  readonly #link: Link;
  readonly #channels = new Map<string, Channel>();
  #connection: { readonly log: string; readonly me: Person } | undefined;

  constructor(options: ChatOptions) {
    this.#options = options;
    this.#link = new Link({
      auth: () => options.identity.auth,
      status: (status) => {
        if (status !== 'online') this.#lost();
        options.status(status);
      },
      hello: (hello) => {
        this.#greeted(hello);
      },
      refused: options.refused,
      events: {
        message: (message) => this.#in(message.room)?.message(message),
        removed: ({ room, seq }) => this.#in(room)?.removed(seq),
        joined: ({ room, count }) => this.#in(room)?.present(count),
        left: ({ room, count }) => this.#in(room)?.present(count),
        presence: ({ room, count }) => this.#in(room)?.present(count),
        renamed: () => undefined,
        rooms: ({ rooms }) => {
          options.rooms(rooms);
        },
        notice: ({ text }) => {
          options.notice(text);
        },
        gateway: (state) => {
          options.gateway(state);
          if (state.storing) for (const channel of this.#channels.values()) channel.storing();
        },
      },
      ...(options.open ? { open: options.open } : {}),
    });
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

  /** Ends the connection and leaves all rooms. */
  end(): void {
    this.#link.end();
    this.#channels.clear();
  }

  get ask(): Ask {
    return this.#link.ask;
  }

  /** All that the gateway has of a room, oldest first. */
  async *history(name: string): AsyncGenerator<readonly Message[]> {
    const { room } = this.open(name);
    let after = 0;
    for (;;) {
      const answer = await this.#link.ask('history', { room, after });
      if (!answer.ok) throw new Error(answer.error.message);
      yield answer.messages;
      after = answer.messages[answer.messages.length - 1]?.seq ?? after;
      if (!answer.more || answer.messages.length === 0) return;
    }
  }

  /** Asks for another name; the gateway may give it a number. */
  async rename(name: string): Promise<Answer<{ readonly name: string }>> {
    const answer = await this.#link.ask('rename', { name });
    if (answer.ok) {
      this.#options.identity.keep('name', answer.name);
      if (this.#connection !== undefined) {
        this.#connection = { ...this.#connection, me: { ...this.#connection.me, ...answer } };
      }
    }
    return answer;
  }

  /** The room, entered if we are not in it. */
  open(name: string): Channel {
    const known = this.#channels.get(name);
    if (known !== undefined) return known;
    const channel = new Channel(name, {
      ask: this.#link.ask,
      newId: randomId,
      changed: this.#options.channel,
    });
    this.#channels.set(name, channel);
    if (this.#connection !== undefined) {
      channel.connected(this.#connection.log, this.#connection.me);
    } else {
      this.#options.channel(channel.view);
    }
    return channel;
  }

  leave(name: string): void {
    const channel = this.#channels.get(name);
    if (channel === undefined) return;
    this.#channels.delete(name);
    channel.lost();
    void this.#link.ask('leave', { room: channel.room }).catch(() => undefined);
  }

  #in(room: string): Channel | undefined {
    for (const channel of this.#channels.values()) if (channel.room === room) return channel;
    return undefined;
  }

  #greeted(hello: Hello): void {
    this.#options.identity.keep('token', hello.token);
    this.#connection = { log: hello.log, me: { id: hello.id, name: hello.name } };
    this.#options.hello(hello);
    for (const channel of this.#channels.values()) {
      channel.connected(this.#connection.log, this.#connection.me);
    }
    void this.#link
      .ask('rooms', undefined)
      .then((answer) => {
        if (answer.ok) this.#options.rooms(answer.rooms);
      })
      .catch(() => undefined);
  }

  #lost(): void {
    if (this.#connection === undefined) return;
    this.#connection = undefined;
    for (const channel of this.#channels.values()) channel.lost();
  }
}
