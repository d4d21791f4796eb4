/**
 * Messages that others answer to, as signals: fetched once, one at a time, where they are not in
 * view. What could not be had is asked for again after the next greeting.
 */
import { signal, type Signal } from '@preact/signals';

import type { Message } from '../connection/wire';

type Original = Signal<Message | null | undefined>;

/** Originals kept; the first asked for go first. */
const MOST = 1_000;

export class Originals {
  readonly #fetch: (room: string, seq: number) => Promise<Message | null | undefined>;
  readonly #known = new Map<string, { room: string; seq: number; original: Original }>();
  #queue: Promise<void> = Promise.resolve();

  /** `fetch` resolves to `null` when it is gone, to `undefined` when nobody can say now. */
  constructor(fetch: (room: string, seq: number) => Promise<Message | null | undefined>) {
    this.#fetch = fetch;
  }

  of(room: string, seq: number): Original {
    const key = `${seq} ${room}`;
    const known = this.#known.get(key);
    if (known !== undefined) return known.original;
    const original: Original = signal(undefined);
    this.#known.set(key, { room, seq, original });
    for (const oldest of this.#known.keys()) {
      if (this.#known.size <= MOST) break;
      this.#known.delete(oldest);
    }
    this.#load(room, seq, original);
    return original;
  }

  /** There is a connection again. */
  retry(): void {
    for (const { room, seq, original } of this.#known.values()) {
      if (original.value === undefined) this.#load(room, seq, original);
    }
  }

  removed(room: string, seq: number): void {
    const known = this.#known.get(`${seq} ${room}`);
    if (known !== undefined) known.original.value = null;
  }

  clear(): void {
    this.#known.clear();
  }

  #load(room: string, seq: number, original: Original): void {
    this.#queue = this.#queue.then(async () => {
      if (original.value !== undefined) return;
      original.value = await this.#fetch(room, seq);
    });
  }
}
