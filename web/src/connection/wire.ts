/**
 * The vocabulary of the wire, version 1, as types: what the page and the gateway say to each other
 * over Socket.IO. Only types; nothing here runs.
 */

export interface Person {
  /** Made from the person's token by the gateway; the same over all rooms and reconnects. */
  readonly id: string;
  readonly name: string;
}

export interface Message {
  readonly room: string;
  /** The room's number for it: the order of everything, below 2^53. */
  readonly seq: number;
  /** Chosen by the sender; (from.id, id) is one message, however often it arrives. */
  readonly id: string;
  readonly from: Person;
  readonly text?: string;
  /** Any JSON of programs that talk in rooms; the page shows it as text. */
  readonly data?: unknown;
  /** The number of the message that this one answers. */
  readonly reply_to?: number | undefined;
  /** Milliseconds since 1970 by the gateway's clock, for people only: nothing is ordered by it. */
  readonly at: number;
  /** The gateway's clock was not to be trusted when this was said. */
  readonly at_unsure?: boolean;
}

export interface RoomInfo {
  readonly name: string;
  readonly count: number;
  readonly last_at?: number | null;
  readonly locked: boolean;
  /** The newest message of a room without a lock: who said it, and the beginning of it. */
  readonly last?: { readonly seq: number; readonly name: string; readonly text: string };
}

export interface Limits {
  readonly text_chars?: number;
  readonly name_chars?: number;
  readonly room_name_chars?: number;
  readonly page_messages?: number;
}

/** A day of the reader's calendar on which something was said in a room. */
export interface Day {
  /** Days since 1970-01-01 in the zone asked for. */
  readonly day: number;
  /** The number of its first message, or of one up to an hour before it. */
  readonly seq: number;
  readonly at: number;
}

/** The server's first event on each connection. */
export interface Hello extends Partial<GatewayState> {
  /** Of this vocabulary: 1. */
  readonly version?: number;
  readonly id: string;
  readonly name: string;
  /** The secret by which the same phone is the same person again. */
  readonly token: string;
  /** Which store the gateway writes to; cursors of another one mean nothing to it. */
  readonly log: string;
  /** What the operator calls this gateway. */
  readonly title?: string;
  readonly limits?: Limits;
  /** Which page the gateway serves. */
  readonly page?: string;
  /** What a room keeps, by the configuration. */
  readonly history?: Kept;
  /** What everybody should know of the board. */
  readonly notices?: readonly Notice[];
  readonly server?: { readonly name: string; readonly version: string };
}

/** A sentence about the board that everybody should read. */
export interface Notice {
  readonly level: string;
  /** In English. */
  readonly text: string;
  /** The same in Korean. */
  readonly ko?: string;
}

/** How much of a room is kept. */
export interface Kept {
  readonly messages: number;
  readonly days: number;
}

/** What the page sends with the handshake. */
export interface Auth {
  name?: string;
  token?: string;
  code?: string;
  /** The phone's clock: boards without one of their own learn the time from it. */
  now?: number;
}

export interface Refusal {
  /**
   * `bad_request`, `unauthorized` (entry code), `locked` (room key), `rate`, `too_long`, `busy`,
   * `full`, `not_stored`, `unsupported`.
   */
  readonly code: string;
  readonly message: string;
  readonly retry_after_ms?: number;
}

export type Answer<T> =
  ({ readonly ok: true } & T) | { readonly ok: false; readonly error: Refusal };

export interface JoinRequest {
  room: string;
  key?: string | undefined;
  since?: number | undefined;
  log?: string | undefined;
  limit?: number | undefined;
}

/** The answer to a join: who is there, and one page of messages. */
export interface Joined {
  readonly room: string;
  readonly members: readonly Person[];
  readonly count: number;
  readonly messages: readonly Message[];
  /** The cursor to store. */
  readonly next: number;
  /** There are further messages after `next`. */
  readonly more: boolean;
  /** Messages between the cursor asked with and this page are gone. */
  readonly gap: boolean;
  /** The cursor was of another store: this page starts anew. */
  readonly reset: boolean;
}

export interface PostRequest {
  room: string;
  id: string;
  text: string;
  reply_to?: number | undefined;
}

export interface Posted {
  readonly id: string;
  readonly seq: number;
  readonly at: number;
}

/** A look back: the newest before a number, the oldest after one, or the newest of all. */
export interface HistoryRequest {
  room: string;
  before?: number;
  after?: number;
  limit?: number;
}

/** Some messages, oldest first, and whether there are more in the direction asked for. */
export interface Page {
  readonly messages: readonly Message[];
  readonly more: boolean;
}

export interface MembersPage {
  readonly members: readonly Person[];
  readonly more: boolean;
}

/** Events of the client, each with what its acknowledgement brings. */
export interface Requests {
  join: { ask: JoinRequest; answer: Joined };
  leave: { ask: { room: string }; answer: object };
  message: { ask: PostRequest; answer: Posted };
  rename: { ask: { name: string }; answer: { readonly name: string } };
  members: { ask: { room: string; after?: string | undefined }; answer: MembersPage };
  history: { ask: HistoryRequest; answer: Page };
  /** `zone`: minutes east of UTC. */
  days: { ask: { room: string; zone?: number }; answer: { readonly days: readonly Day[] } };
  rooms: { ask: undefined; answer: { readonly rooms: readonly RoomInfo[] } };
}

/** Events of the server. */
export interface ServerEvents {
  hello: (hello: Hello) => void;
  message: (message: Message) => void;
  joined: (change: { room: string; member: Person; count: number }) => void;
  left: (change: { room: string; member: Person; count: number }) => void;
  presence: (change: { room: string; count: number }) => void;
  renamed: (change: { room: string; member: Person }) => void;
  rooms: (change: { rooms: readonly RoomInfo[] }) => void;
  removed: (change: { room: string; seq: number }) => void;
  /** `over`: what it says is no longer so. */
  notice: (notice: Notice & { over?: boolean }) => void;
  gateway: (state: GatewayState) => void;
}

export interface GatewayState {
  /** Messages reach the card. */
  readonly storing: boolean;
  /** The gateway's clock is to be trusted. */
  readonly clock: boolean;
  /** What it shows, in milliseconds since 1970. */
  readonly now?: number;
}

/** Asks the gateway; rejects when no answer came (connection lost, or none in time). */
export type Ask = <E extends keyof Requests>(
  event: E,
  argument: Requests[E]['ask'],
) => Promise<Answer<Requests[E]['answer']>>;
