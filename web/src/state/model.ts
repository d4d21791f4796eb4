/**
 * What the views look at, as signals, and what they can do. It translates between the connection
 * and the screen, and knows neither the socket nor the document.
 */
import { batch, signal, type ReadonlySignal, type Signal } from '@preact/signals';

import type { ChannelView } from '../connection/channel';
import { Chat, type ChatOptions } from '../connection/chat';
import { Identity } from '../connection/identity';
import type { Status, Transport } from '../connection/link';
import type { Draft } from '../connection/outbox';
import type { Shelf } from '../connection/shelf';
import type {
  Answer,
  Day,
  GatewayState,
  Kept,
  Limits,
  Message,
  Person,
  Refusal,
  RoomInfo,
} from '../connection/wire';

/** What was said in a room since this person last read there. */
export interface Unread {
  /** Never 0; -1 for *some*, where the phone is not in the room and cannot count. */
  readonly count: number;
  readonly mentions: number;
}

/** The gateway serves another page than this one: it renews itself, or could not. */
export type Outdated = 'no' | 'renewing' | 'old';

export interface Model {
  readonly status: ReadonlySignal<Status>;
  /** Why the gateway does not let us in, when `status` is `refused`. */
  readonly refusal: ReadonlySignal<Refusal | undefined>;
  /** Since when there is no connection, by the phone's clock; `undefined` while there is one. */
  readonly lostAt: ReadonlySignal<number | undefined>;
  readonly transport: ReadonlySignal<Transport | undefined>;
  /** Whether this phone keeps what is written here: storage may be forbidden or full. */
  readonly keeps: ReadonlySignal<boolean>;
  readonly outdated: ReadonlySignal<Outdated>;
  /** What the operator calls this gateway. */
  readonly title: ReadonlySignal<string>;
  /** Who we are, once the gateway has greeted us. */
  readonly me: ReadonlySignal<Person | undefined>;
  readonly limits: ReadonlySignal<Limits & { readonly history?: Kept }>;
  readonly gateway: ReadonlySignal<GatewayState>;
  /** A word of the gateway's, or `outbox_full`. */
  readonly notice: ReadonlySignal<string | undefined>;
  readonly rooms: ReadonlySignal<readonly RoomInfo[]>;
  /** By room; rooms without anything unread are not in it. */
  readonly unread: ReadonlySignal<ReadonlyMap<string, Unread>>;
  /** The rooms that this person is in, the last opened first. */
  readonly joined: ReadonlySignal<readonly string[]>;
  /** How many messages, over all rooms, have yet to reach the gateway. */
  readonly waiting: ReadonlySignal<number>;
  /** The gateway's clock as far as it is known, else the phone's. */
  readonly now: () => number;
  /** The name and code of last time, to fill the form with. */
  readonly remembered: () => { readonly name: string; readonly code: string };
  readonly enter: (name: string, code?: string) => void;
  /** Resolves to why not, if the name was not taken. */
  readonly rename: (name: string) => Promise<Refusal | undefined>;
  readonly wake: () => void;
  /** Forgets this person on this phone, and disconnects. */
  readonly forget: () => void;
  /** Enters the room if need be. */
  readonly open: (room: string) => ReadonlySignal<ChannelView>;
  readonly knock: (room: string, key?: string) => void;
  readonly leave: (room: string) => void;
  readonly post: (room: string, text: string, replyTo?: number) => void;
  readonly retry: (room: string, id: string) => void;
  readonly discard: (room: string, id: string) => void;
  /** Looks further back; resolves when it is done or could not be. */
  readonly older: (room: string) => Promise<void>;
  readonly newer: (room: string) => Promise<void>;
  /** Back to the newest messages. */
  readonly latest: (room: string) => void;
  /** Brings the message of that number, or the first after it, into view; `false`: not to be had. */
  readonly show: (room: string, seq: number) => Promise<boolean>;
  /** Rejects when no answer came. */
  readonly days: (room: string) => Promise<Answer<{ readonly days: readonly Day[] }>>;
  /** Who is there: loaded on first use, then kept. */
  readonly members: (room: string) => ReadonlySignal<readonly Person[]>;
  /** A quoted message: `undefined` while it is being fetched, `null` when it is gone. */
  readonly original: (room: string, seq: number) => ReadonlySignal<Message | null | undefined>;
  /** The reader has seen everything up to this number. */
  readonly read: (room: string, seq: number) => void;
  /** All that the gateway has of a room, oldest first, page by page; throws where it breaks off. */
  readonly history: (room: string) => AsyncGenerator<readonly Message[]>;
}

export interface ModelOptions {
  readonly shelf: Shelf;
  /** Which page this is, as its build says. */
  readonly page?: string;
  /** Loads the page anew. */
  readonly reload?: () => void;
  readonly open?: ChatOptions['open'];
}

export function createModel({ shelf, open }: ModelOptions): Model {
  const identity = new Identity(shelf);
  const status = signal<Status>('idle');
  const refusal = signal<Refusal | undefined>(undefined);
  const title = signal('madang');
  const me = signal<Person | undefined>(undefined);
  const limits = signal<Limits & { readonly history?: Kept }>({});
  const gateway = signal<GatewayState>({ storing: true, clock: true });
  const notice = signal<string | undefined>(undefined);
  const rooms = signal<readonly RoomInfo[]>([]);
  const waiting = signal(0);
  const lostAt = signal<number | undefined>(undefined);
  const transport = signal<Transport | undefined>(undefined);
  const keeps = signal(shelf.keeps);
  shelf.onKeeps((next) => {
    keeps.value = next;
  });
  const outdated = signal<Outdated>('no');
  const unread = signal<ReadonlyMap<string, Unread>>(new Map());
  const joined = signal<readonly string[]>([]);
  const members = new Map<string, Signal<readonly Person[]>>();
  let skew = 0;
  const channels = new Map<string, Signal<ChannelView>>();
  const count = () => {
    let pending = 0;
    for (const { value } of channels.values()) pending += value.drafts.filter(isPending).length;
    waiting.value = pending;
  };

  const chat = new Chat({
    identity,
    status: (next) => {
      batch(() => {
        status.value = next;
        if (next === 'online') lostAt.value = undefined;
        else lostAt.value ??= Date.now();
      });
    },
    hello: (hello) => {
      batch(() => {
        me.value = { id: hello.id, name: hello.name };
        title.value = hello.title ?? title.value;
        limits.value = {
          ...hello.limits,
          ...(hello.history === undefined ? {} : { history: hello.history }),
        };
        if (hello.now !== undefined) skew = hello.now - Date.now();
        gateway.value = { storing: hello.storing ?? true, clock: hello.clock ?? true };
        refusal.value = undefined;
      });
    },
    refused: (reason) => {
      refusal.value = reason;
    },
    rooms: (next) => {
      rooms.value = next;
    },
    channel: (view) => {
      const known = channels.get(view.room);
      if (known === undefined) channels.set(view.room, signal(view));
      else known.value = view;
      count();
    },
    gateway: (next) => {
      gateway.value = next;
    },
    notice: (text) => {
      notice.value = text;
    },
    ...(open ? { open } : {}),
  });

  return {
    status,
    refusal,
    title,
    me,
    limits,
    gateway,
    notice,
    rooms,
    waiting,
    lostAt,
    transport,
    keeps,
    outdated,
    unread,
    joined,
    now: () => Date.now() + skew,
    remembered: () => ({ name: identity.auth.name ?? '', code: identity.auth.code ?? '' }),
    enter: (name, code) => {
      chat.enter(name, code);
    },
    rename: async (name) => {
      try {
        const answer = await chat.rename(name);
        if (!answer.ok) return answer.error;
        if (me.value !== undefined) me.value = { ...me.value, name: answer.name };
        return undefined;
      } catch {
        return { code: 'no_answer', message: '' };
      }
    },
    wake: () => {
      chat.wake();
    },
    open: (room) => {
      const channel = chat.open(room);
      let view = channels.get(room);
      if (view === undefined) {
        view = signal(channel.view);
        channels.set(room, view);
      }
      return view;
    },
    knock: (room, key) => {
      chat.open(room).knock(key);
    },
    leave: (room) => {
      chat.leave(room);
      channels.delete(room);
      count();
    },
    post: (room, text, replyTo) => {
      chat.open(room).post(text, replyTo);
    },
    forget: () => {
      shelf.forget();
      identity.forget();
      chat.end();
    },
    older: () => Promise.resolve(),
    newer: () => Promise.resolve(),
    latest: () => undefined,
    show: (room, seq) =>
      Promise.resolve(chat.open(room).view.entries.some((entry) => entry.seq === seq)),
    days: (room) =>
      chat.ask('days', { room: chat.open(room).room, zone: -new Date().getTimezoneOffset() }),
    members: (room) => {
      let known = members.get(room);
      if (known === undefined) members.set(room, (known = signal([])));
      return known;
    },
    original: (room, seq) => {
      const found = chat.open(room).view.entries.find((entry) => entry.seq === seq);
      return signal(found?.kind === 'message' ? found.message : null);
    },
    read: (room, seq) => {
      chat.open(room).read(seq);
    },
    history: (room) => chat.history(room),
    retry: (room, id) => {
      chat.open(room).retry(id);
    },
    discard: (room, id) => {
      chat.open(room).discard(id);
    },
  };
}

function isPending({ state }: Draft): boolean {
  return state === 'waiting' || state === 'sending';
}
