/** A room on a gateway that answers as the test has lined it up. */
import { vi } from 'vitest';

import { Channel, type ChannelView } from '../src/connection/channel';
import { Drafts } from '../src/connection/drafts';
import { Places } from '../src/connection/places';
import type {
  Answer,
  Ask,
  JoinRequest,
  Joined,
  Message,
  PostRequest,
  Posted,
} from '../src/connection/wire';
import { mentionsMe } from '../src/state/mention';
import { shelf } from './storage';

export const me = { id: 'me', name: '나' };
export const message = (seq: number, id = `m${seq}`, from = 'you'): Message => ({
  room: 'live',
  seq,
  id,
  from: { id: from, name: from },
  text: `text ${seq}`,
  at: 0,
});
export const page = (over: Partial<Joined> = {}): Answer<Joined> => ({
  ok: true,
  room: 'live',
  members: [],
  count: 1,
  messages: [],
  next: 0,
  more: false,
  gap: false,
  reset: false,
  ...over,
});
export const refuse = (code: string, retry_after_ms?: number): Answer<never> => ({
  ok: false,
  error: { code, message: code, ...(retry_after_ms === undefined ? {} : { retry_after_ms }) },
});

/** A channel whose gateway answers with what the test has lined up, in order. */
export function setup(room = 'live', kept = shelf()) {
  const changed = vi.fn();
  const joins: JoinRequest[] = [];
  const posts: PostRequest[] = [];
  const pages: (Answer<Joined> | undefined)[] = [];
  const places = new Places(kept, () => undefined);
  let acknowledge: (answer: Answer<Posted>) => void = () => undefined;
  const ask = (event: string, argument: JoinRequest | PostRequest): Promise<unknown> => {
    if (event === 'join') {
      joins.push(argument);
      const next = pages.shift();
      return next === undefined ? Promise.reject(new Error('no answer')) : Promise.resolve(next);
    }
    posts.push(argument as PostRequest);
    return new Promise((resolve) => {
      acknowledge = resolve;
    });
  };
  const channel = new Channel(room, {
    ask: ask as unknown as Ask,
    newId: () => `id${posts.length}`,
    shelf: kept,
    drafts: new Drafts(kept),
    places,
    me: () => me,
    mentions: mentionsMe,
    changed,
  });
  const shown = () =>
    channel.view.entries.map((entry) => (entry.kind === 'message' ? entry.message.id : entry.kind));
  return {
    channel,
    joins,
    posts,
    pages,
    places,
    shown,
    changed,
    acknowledge: async (answer: Answer<Posted>) => {
      acknowledge(answer);
      await settle();
    },
    view: (): ChannelView => channel.view,
  };
}
export const settle = () => vi.advanceTimersByTimeAsync(0);
