/**
 * What the views look at, as signals, and what they can do. It translates between the connection
 * and the screen, and knows neither the socket nor the document.
 */
import { batch, signal, type ReadonlySignal, type Signal } from '@preact/signals';

import type { ChannelView } from '../connection/channel';
import { Chat, type ChatOptions } from '../connection/chat';
import type { Identity } from '../connection/identity';
import type { Status } from '../connection/link';
import type { Draft } from '../connection/outbox';
import type { GatewayState, Limits, Person, Refusal, RoomInfo } from '../connection/wire';

export interface Model {
  readonly status: ReadonlySignal<Status>;
  /** Why the gateway does not let us in, when `status` is `refused`. */
  readonly refusal: ReadonlySignal<Refusal | undefined>;
  /** What the operator calls this gateway. */
  readonly title: ReadonlySignal<string>;
  /** Who we are, once the gateway has greeted us. */
  readonly me: ReadonlySignal<Person | undefined>;
  readonly limits: ReadonlySignal<Limits>;
  readonly gateway: ReadonlySignal<GatewayState>;
  readonly notice: ReadonlySignal<string | undefined>;
  readonly rooms: ReadonlySignal<readonly RoomInfo[]>;
  /** How many messages, over all rooms, have yet to reach the gateway. */
  readonly waiting: ReadonlySignal<number>;
  /** The name and code of last time, to fill the form with. */
  readonly remembered: () => { readonly name: string; readonly code: string };
  readonly enter: (name: string, code?: string) => void;
  /** Resolves to why not, if the name was not taken. */
  readonly rename: (name: string) => Promise<Refusal | undefined>;
  readonly wake: () => void;
  /** Enters the room if need be. */
  readonly open: (room: string) => ReadonlySignal<ChannelView>;
  readonly knock: (room: string, key?: string) => void;
  readonly leave: (room: string) => void;
  readonly post: (room: string, text: string) => void;
  readonly retry: (room: string, id: string) => void;
  readonly discard: (room: string, id: string) => void;
}

export function createModel(identity: Identity, open?: ChatOptions['open']): Model {
  const status = signal<Status>('idle');
  const refusal = signal<Refusal | undefined>(undefined);
  const title = signal('madang');
  const me = signal<Person | undefined>(undefined);
  const limits = signal<Limits>({});
  const gateway = signal<GatewayState>({ storing: true, clock: true });
  const notice = signal<string | undefined>(undefined);
  const rooms = signal<readonly RoomInfo[]>([]);
  const waiting = signal(0);
  const channels = new Map<string, Signal<ChannelView>>();
  const count = () => {
    let pending = 0;
    for (const { value } of channels.values()) pending += value.drafts.filter(isPending).length;
    waiting.value = pending;
  };

  const chat = new Chat({
    identity,
    status: (next) => {
      status.value = next;
    },
    hello: (hello) => {
      batch(() => {
        me.value = { id: hello.id, name: hello.name };
        title.value = hello.title ?? title.value;
        limits.value = hello.limits ?? {};
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
    post: (room, text) => {
      chat.open(room).post(text);
    },
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
