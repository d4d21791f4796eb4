/**
 * What this person wrote and no gateway has acknowledged yet, on the shelf: one key for each, so
 * that two tabs never write over one another. Both may hold the same draft; its id is the same, so
 * it is relayed once.
 *
 * The order is kept by a number that grows within the room, not by a clock.
 */
import type { Shelf } from './shelf';
import type { Refusal } from './wire';

export interface Draft {
  readonly id: string;
  readonly text: string;
  /** The number of the message that it answers. */
  readonly replyTo?: number | undefined;
  /** When it was written, by the phone's clock. */
  readonly at: number;
  readonly state: 'waiting' | 'sending' | 'unstored' | 'failed';
  readonly error?: Refusal | undefined;
}

/** A draft, and its place among those of its room. */
export interface Kept {
  readonly draft: Draft;
  readonly order: number;
}

const PREFIX = 'draft.';
/** Drafts at most, over all rooms. */
const MOST = 200;

export class Drafts {
  readonly #shelf: Shelf;
  readonly #watchers: ((room: string, id: string, present: boolean) => void)[] = [];

  constructor(shelf: Shelf) {
    this.#shelf = shelf;
    shelf.watch((key, value) => {
      const place = parse(key);
      if (place === undefined) return;
      for (const heard of this.#watchers) heard(place.room, place.id, value !== undefined);
    });
  }

  get full(): boolean {
    return this.#shelf.keys(PREFIX).length >= MOST;
  }

  /** The rooms with drafts. */
  get rooms(): readonly string[] {
    const rooms = this.#shelf.keys(PREFIX).map((key) => parse(key)?.room);
    return [...new Set(rooms)].filter((room) => room !== undefined);
  }

  /** A room's drafts, in the order in which they were written. */
  of(room: string): readonly Kept[] {
    return this.#shelf
      .keys(PREFIX)
      .filter((key) => parse(key)?.room === room)
      .map((key) => this.#read(key))
      .filter((kept) => kept !== undefined)
      .sort((one, other) => one.order - other.order || (one.draft.id < other.draft.id ? -1 : 1));
  }

  keep(room: string, { draft, order }: Kept): void {
    const { id: _id, state, ...rest } = draft;
    // What is on its way or unstored waits again after a reload.
    const value = { ...rest, order, state: state === 'failed' ? state : undefined };
    this.#shelf.write(`${PREFIX}${room}.${draft.id}`, JSON.stringify(value));
  }

  drop(room: string, id: string): void {
    this.#shelf.drop(`${PREFIX}${room}.${id}`);
  }

  /** Another tab has written a draft (or dropped it: acknowledged, or given up). */
  watch(heard: (room: string, id: string, present: boolean) => void): void {
    this.#watchers.push(heard);
  }

  #read(key: string): Kept | undefined {
    const id = parse(key)?.id;
    const kept = this.#shelf.object(key);
    const { text, replyTo, at, order, state, error } = kept ?? {};
    if (id === undefined || typeof text !== 'string') return undefined;
    return {
      order: typeof order === 'number' ? order : 0,
      draft: {
        id,
        text,
        at: typeof at === 'number' ? at : 0,
        replyTo: typeof replyTo === 'number' ? replyTo : undefined,
        state: state === 'failed' ? state : 'waiting',
        error: error as Refusal | undefined,
      },
    };
  }
}

/** `draft.ROOM.ID`; a room's name may have dots in it, an id has none. */
function parse(key: string): { readonly room: string; readonly id: string } | undefined {
  const dot = key.lastIndexOf('.');
  if (!key.startsWith(PREFIX) || dot < PREFIX.length) return undefined;
  return { room: key.slice(PREFIX.length, dot), id: key.slice(dot + 1) };
}
