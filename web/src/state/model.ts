/**
 * What the views look at, as signals, and what they can do. It translates between the connection
 * and the screen, and knows neither the socket nor the document.
 */
import { batch, signal, type ReadonlySignal, type Signal } from '@preact/signals';

import type { Channel, ChannelView } from '../connection/channel';
import { Chat, type ChatOptions } from '../connection/chat';
import { Identity } from '../connection/identity';
import type { Status, Transport } from '../connection/link';
import type { Draft } from '../connection/drafts';
import type { Shelf } from '../connection/shelf';
import type { Unread } from '../connection/unread';
import type {
  Answer,
  Day,
  GatewayState,
  Kept,
  Limits,
  Message,
  Notice,
  Person,
  Refusal,
  RoomInfo,
} from '../connection/wire';
import { clearDesks } from './desk';
import { mentionsMe } from './mention';
import { Originals } from './originals';
import { Renewal, type Outdated, type ThisPage } from './renewal';

export type { Unread } from '../connection/unread';
export type { Outdated } from './renewal';

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
  /** What everybody should know of the board. */
  readonly notices: ReadonlySignal<readonly Notice[]>;
  /** Too much waits to be sent: nothing more was taken. */
  readonly full: ReadonlySignal<boolean>;
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
  /** `false`: not taken, too much waits to be sent already; `full` says so. */
  readonly post: (room: string, text: string, replyTo?: number) => boolean;
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
  /** Which page this is, and how it is loaded anew; without it, it never is. */
  readonly page?: ThisPage;
  readonly open?: ChatOptions['open'];
}

export function createModel({ shelf, page, open }: ModelOptions): Model {
  const identity = new Identity(shelf);
  const status = signal<Status>('idle');
  const refusal = signal<Refusal | undefined>(undefined);
  const lostAt = signal<number | undefined>(undefined);
  const transport = signal<Transport | undefined>(undefined);
  const keeps = signal(shelf.keeps);
  const outdated = signal<Outdated>('no');
  const title = signal('madang');
  const me = signal(identity.me);
  const limits = signal<Limits & { readonly history?: Kept }>({});
  const gateway = signal<GatewayState>({ storing: true, clock: true });
  const notices = signal<readonly Notice[]>([]);
  const full = signal(false);
  const rooms = signal<readonly RoomInfo[]>([]);
  const unread = signal<ReadonlyMap<string, Unread>>(new Map());
  const joined = signal<readonly string[]>([]);
  const waiting = signal(0);
  const channels = new Map<string, Signal<ChannelView>>();
  const members = new Map<string, Signal<readonly Person[]>>();
  /** How far the gateway's clock is ahead of the phone's. */
  let ahead = 0;
  const compare = ({ now }: Partial<GatewayState>) => {
    if (now !== undefined) ahead = now - Date.now();
  };

  const renewal =
    page &&
    new Renewal(
      page,
      () => keeps.value || chat.isAllSent,
      (next) => {
        outdated.value = next;
      },
    );
  const originals = new Originals(async (room, seq) => chat.find(room)?.original(seq));
  shelf.onKeeps((next) => {
    keeps.value = next;
  });
  const count = () => {
    let pending = 0;
    for (const { value } of channels.values()) pending += value.drafts.filter(isPending).length;
    waiting.value = pending;
    full.value &&= chat.full;
    const next = chat.unread;
    if (!same(next, unread.value)) unread.value = next;
  };

  const chat: Chat = new Chat({
    shelf,
    identity,
    mentions: mentionsMe,
    status: (next) => {
      batch(() => {
        status.value = next;
        if (next === 'online' || next === 'idle') lostAt.value = undefined;
        else lostAt.value ??= Date.now();
      });
      if (next === 'online') originals.retry();
    },
    transport: (next) => {
      transport.value = next;
    },
    hello: (hello) => {
      batch(() => {
        me.value = identity.me;
        title.value = hello.title ?? title.value;
        const { history } = hello;
        limits.value = { ...hello.limits, ...(history === undefined ? {} : { history }) };
        gateway.value = { storing: hello.storing ?? true, clock: hello.clock ?? true };
        refusal.value = undefined;
        notices.value = hello.notices ?? [];
      });
      compare(hello);
      renewal?.greeted(hello);
    },
    refused: (reason) => {
      refusal.value = reason;
    },
    rooms: (next) => {
      rooms.value = next;
    },
    channel: (channel) => {
      batch(() => {
        const known = channels.get(channel.asked);
        if (known === undefined) channels.set(channel.asked, signal(channel.view));
        else known.value = channel.view;
        const present = members.get(channel.asked);
        if (present !== undefined) present.value = channel.members.list;
        count();
      });
    },
    removed: (room, seq) => {
      originals.removed(room, seq);
    },
    places: (names) => {
      batch(() => {
        joined.value = names;
        count();
      });
    },
    gateway: (next) => {
      gateway.value = next;
      compare(next);
    },
    notice: (notice) => {
      const others = notices.value.filter(({ text }) => text !== notice.text);
      notices.value = notice.over === true ? others : [...others, notice];
    },
    ...(open ? { open } : {}),
  });
  joined.value = chat.joined;

  const forget = () => {
    chat.end();
    identity.forget();
    shelf.forget();
    clearDesks();
    channels.clear();
    members.clear();
    originals.clear();
    batch(() => {
      me.value = undefined;
      refusal.value = undefined;
      rooms.value = [];
      joined.value = [];
      unread.value = new Map();
      waiting.value = 0;
    });
  };
  shelf.watch((key, value) => {
    // Forgotten in another tab: from here, nothing of this person is to be kept again.
    if (key === 'token' && value === undefined) forget();
  });

  return {
    status,
    refusal,
    lostAt,
    transport,
    keeps,
    outdated,
    title,
    me,
    limits,
    gateway,
    notices,
    full,
    rooms,
    unread,
    joined,
    waiting,
    now: () => Date.now() + ahead,
    remembered: () => ({ name: identity.auth.name ?? '', code: identity.auth.code ?? '' }),
    enter: (name, code) => {
      chat.enter(name, code);
    },
    rename: async (name) => {
      try {
        const answer = await chat.rename(name);
        if (!answer.ok) return answer.error;
        me.value = identity.me;
        return undefined;
      } catch {
        return { code: 'no_answer', message: '' };
      }
    },
    wake: () => {
      chat.wake();
    },
    forget,
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
      members.delete(room);
      count();
    },
    post: (room, text, replyTo) => {
      const isTaken = chat.open(room).outbox.add(text, replyTo) !== undefined;
      full.value = !isTaken;
      return isTaken;
    },
    retry: (room, id) => {
      chat.find(room)?.outbox.retry(id);
    },
    discard: (room, id) => {
      chat.find(room)?.outbox.discard(id);
    },
    older: async (room) => chat.find(room)?.log.lookback.older(),
    newer: async (room) => chat.find(room)?.log.lookback.newer(),
    latest: (room) => chat.find(room)?.log.lookback.latest(),
    show: async (room, seq) => (await chat.find(room)?.log.lookback.show(seq)) ?? false,
    days: (room) =>
      chat.ask('days', {
        room: chat.find(room)?.room ?? room,
        zone: -new Date().getTimezoneOffset(),
      }),
    members: (room) => {
      const channel: Channel | undefined = chat.find(room);
      let present = members.get(room);
      if (present === undefined) {
        present = signal(channel?.members.list ?? []);
        members.set(room, present);
      }
      channel?.members.load();
      return present;
    },
    original: (room, seq) => originals.of(room, seq),
    read: (room, seq) => {
      chat.find(room)?.log.read(seq);
    },
    history: (room) => chat.history(room),
  };
}

function isPending({ state }: Draft): boolean {
  return state === 'waiting' || state === 'sending';
}

function same(one: ReadonlyMap<string, Unread>, other: ReadonlyMap<string, Unread>): boolean {
  if (one.size !== other.size) return false;
  for (const [room, { count, mentions }] of one) {
    const held = other.get(room);
    if (held?.count !== count || held.mentions !== mentions) return false;
  }
  return true;
}
