/**
 * Whatever happens in whatever order, what is shown is one piece of the room's log: sorted, each
 * message once, none missing between two that have no remark between them.
 */
import { expect, test } from 'vitest';

import { Places } from '../src/connection/places';
import { RoomLog } from '../src/connection/roomlog';
import type { Joined, Message, Page } from '../src/connection/wire';
import { shelf } from './storage';

const PAGE = 7;
const BOUNDS = { most: 40, tail: 12 };

/** Numbers below `n` that are the same for the same seed. */
function dice(seed: number): (n: number) => number {
  let state = seed + 1;
  return (n) => {
    state = (Math.imul(state ^ (state >>> 15), 0x2c1b3c6d) + 0x9e3779b9) | 0;
    return ((state ^ (state >>> 13)) >>> 0) % n;
  };
}

/** The naive room: a list, what is removed and what is no longer kept are taken out of it. */
class World {
  readonly room: Message[] = [];
  #seq = 0;
  #floor = 0;
  #isIn = false;
  /** Answers on their way. */
  readonly answers: (() => void)[] = [];
  readonly log: RoomLog;

  constructor() {
    const kept = shelf();
    this.log = new RoomLog({
      room: 'live',
      shelf: kept,
      places: new Places(kept, () => undefined),
      history: (bound) =>
        new Promise((resolve) => {
          const isIn = this.#isIn;
          const page = this.page(bound);
          this.answers.push(() => {
            resolve(isIn && this.#isIn ? page : undefined);
          });
        }),
      me: () => ({ id: 'me', name: 'me' }),
      mentions: () => false,
      isOpen: () => false,
      changed: () => undefined,
      bounds: BOUNDS,
    });
  }

  page(bound: { before?: number; after?: number; limit?: number }): Page {
    const { before, after = 0 } = bound;
    const found = this.room.filter(({ seq }) =>
      before === undefined ? seq > after : seq < before,
    );
    const messages = before === undefined ? found.slice(0, PAGE) : found.slice(-PAGE);
    return { messages, more: found.length > messages.length };
  }

  say(): void {
    // Other rooms take numbers as well.
    this.#seq += 1 + (this.#seq % 3);
    const message: Message = {
      room: 'live',
      seq: this.#seq,
      id: `m${this.#seq}`,
      from: { id: 'you', name: 'you' },
      at: 0,
    };
    this.room.push(message);
    if (this.#isIn) this.log.message(message);
  }

  remove(which: number): void {
    const [gone] = this.room.splice(which, 1);
    if (gone !== undefined && this.#isIn) this.log.removed(gone.seq);
  }

  /** The gateway keeps only so many. */
  keep(most: number): void {
    const gone = this.room.splice(0, Math.max(0, this.room.length - most));
    this.#floor = gone[gone.length - 1]?.seq ?? this.#floor;
  }

  /** Asks for one page of the way back; `true` when there are no more. */
  join(): boolean {
    const { since } = this.log.ask;
    const { messages, more } =
      since === undefined ? this.page({ before: Infinity }) : this.page({ after: since });
    const answer: Joined = {
      room: 'live',
      members: [],
      count: 1,
      messages,
      more,
      next: messages[messages.length - 1]?.seq ?? since ?? this.#floor,
      gap: since !== undefined && since < this.#floor,
      reset: false,
    };
    this.#isIn = true;
    this.log.page(answer, 'A');
    return !more;
  }

  lose(): void {
    this.#isIn = false;
    this.log.lost();
    for (const answer of this.answers.splice(0)) answer();
  }

  check(): void {
    const { entries, beyondTop } = this.log.lookback;
    if (beyondTop !== 'loading') expect(entries.length).toBeLessThanOrEqual(BOUNDS.most);
    const faults: string[] = [];
    for (let index = 1; index < entries.length; index += 1) {
      const [one, other] = [entries[index - 1], entries[index]];
      if (one === undefined || other === undefined) continue;
      if (one.seq >= other.seq) faults.push(`${one.seq} is before ${other.seq}`);
      if (one.kind !== 'message' || other.kind !== 'message') continue;
      const between = this.room.find(({ seq }) => seq > one.seq && seq < other.seq);
      if (between !== undefined) faults.push(`${between.seq} is missing`);
    }
    expect(faults).toEqual([]);
  }
}

/** Lets everything run that waits for nothing. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 12; turn += 1) await Promise.resolve();
}

test.each(Array.from({ length: 60 }, (_, seed) => seed))(
  'what is shown is one piece of the log, and the way to its end is open (%i)',
  async (seed) => {
    const roll = dice(seed);
    const world = new World();
    const { lookback } = world.log;
    let isJoining = true;
    for (let count = roll(80); count > 0; count -= 1) world.say();
    for (let step = 0; step < 150; step += 1) {
      const seq = world.room[roll(Math.max(1, world.room.length))]?.seq ?? 1;
      const steps: (() => void)[] = [
        () => {
          for (let count = roll(6); count >= 0; count -= 1) world.say();
        },
        () => void lookback.older(),
        () => void lookback.older(),
        () => void lookback.newer(),
        () => void lookback.newer(),
        () => void lookback.show(seq),
        () => {
          if (roll(3) === 0) lookback.latest();
        },
        () => {
          if (roll(4) !== 0) return;
          world.lose();
          isJoining = true;
        },
        () => {
          if (roll(3) === 0) world.remove(roll(world.room.length + 1));
        },
        () => {
          if (roll(4) === 0) world.keep(60);
        },
      ];
      steps[roll(steps.length)]?.();
      if (isJoining && roll(2) === 0) isJoining = !world.join();
      if (roll(2) === 0) world.answers.splice(roll(world.answers.length + 1), 1)[0]?.();
      await settle();
      world.check();
    }
    world.lose();
    while (!world.join());
    lookback.latest();
    await settle();
    world.check();
    expect(lookback.detached).toBe(false);
    const newest = world.room[world.room.length - 1]?.seq ?? 0;
    // The newest of all may have been removed.
    expect(lookback.tail.last ?? newest).toBeGreaterThanOrEqual(newest);
    // Down from anywhere one comes to the end.
    await Promise.all([lookback.show(world.room[0]?.seq ?? 1), answered(world)]);
    for (let tries = 0; tries < 40 && lookback.detached; tries += 1) {
      await Promise.all([lookback.newer(), answered(world)]);
      world.check();
    }
    expect(lookback.detached).toBe(false);
  },
);

async function answered(world: World): Promise<void> {
  await settle();
  for (const answer of world.answers.splice(0)) answer();
}
