/**
 * What this person wrote in one room and the gateway has not yet acknowledged.
 *
 * Each draft has an id chosen here, so that the gateway knows it again. One draft is on its way at
 * a time: a refusal for the moment (`rate`, `busy`) can then never let a later one overtake it.
 * When the connection is lost, the one on its way waits again and goes out with the same id.
 *
 *     waiting -> sending -> (acknowledged: out of the box)
 *                        -> waiting     no answer, rate, busy
 *                        -> unstored    relayed, but not on the card: sent again when it is able to
 *                        -> failed      refused for good: kept for the person to decide
 */
import { isPassing, pause, pauseOf } from './asking';
import type { Draft, Drafts } from './drafts';
import type { Answer, Posted, Refusal } from './wire';

export type { Draft } from './drafts';

export interface OutboxOptions {
  readonly room: string;
  /** Where drafts outlive the page. */
  readonly drafts: Drafts;
  /** Sends; rejects when no answer came. */
  readonly post: (draft: Draft) => Promise<Answer<Posted>>;
  /** The gateway has it on its card. */
  readonly stored: (draft: Draft, posted: Posted) => void;
  readonly changed: () => void;
  readonly newId: () => string;
}

/** Pause before an unstored draft is tried again, if the gateway does not say earlier that it can. */
const UNSTORED_PAUSE_MS = 30_000;

export class Outbox {
  #drafts: readonly Draft[] = [];
  /** The place of each among those of its room, over all tabs. */
  readonly #orders = new Map<string, number>();
  /** Grows with each start and stop: what began under another run is void. */
  #run = 0;
  #open = false;
  #pumping = false;
  #later: ReturnType<typeof setTimeout> | undefined;
  readonly #options: OutboxOptions;

  /** Takes up what an earlier visit has left. */
  constructor(options: OutboxOptions) {
    this.#options = options;
    this.adopt();
  }

  /** In the order in which they were written; another array after each change. */
  get drafts(): readonly Draft[] {
    return this.#drafts;
  }

  /** Takes a new text and sends it as soon as its turn comes; not if too many wait already. */
  add(text: string, replyTo?: number): Draft | undefined {
    const { drafts, room, newId } = this.#options;
    if (drafts.full) return undefined;
    const draft: Draft = {
      id: newId(),
      text,
      replyTo,
      at: Date.now(),
      state: 'waiting',
    };
    const others = drafts.of(room).map(({ order }) => order);
    this.#orders.set(draft.id, Math.max(0, ...others, ...this.#orders.values()) + 1);
    this.#set([...this.#drafts, draft]);
    this.#keep(draft.id);
    void this.#pump();
    return draft;
  }

  /** The room is there: everything unacknowledged goes out, in order. */
  start(): void {
    this.stop();
    this.adopt();
    this.#open = true;
    this.storing();
    void this.#pump();
  }

  /** The connection is gone; nothing is sent until the next start. */
  stop(): void {
    this.#run += 1;
    this.#open = false;
    this.#pumping = false;
    clearTimeout(this.#later);
    this.#move('sending', 'waiting');
  }

  /** The gateway is able to store again. */
  storing(): void {
    if (!this.#open) return;
    this.#move('unstored', 'waiting');
    void this.#pump();
  }

  /** The person wants a failed draft sent again; the id stays. */
  retry(id: string): void {
    this.#replace(id, (draft) => ({ ...draft, state: 'waiting', error: undefined }));
    this.#keep(id);
    void this.#pump();
  }

  /** The person gives a failed draft up. */
  discard(id: string): void {
    if (this.#find(id)?.state === 'failed') this.#remove(id);
  }

  /** Another tab had it acknowledged, or it was given up there. */
  gone(id: string): void {
    if (this.#find(id) !== undefined) this.#remove(id);
  }

  /** The room is left: nothing of it is to be sent any more. */
  clear(): void {
    this.stop();
    for (const { id } of this.#drafts) this.#remove(id);
  }

  has(id: string): boolean {
    return this.#find(id) !== undefined;
  }

  /** Takes what other tabs and visits have left among its own. */
  adopt(): void {
    const { drafts, room } = this.#options;
    const found = drafts.of(room).filter(({ draft }) => this.#find(draft.id) === undefined);
    if (found.length === 0) return;
    for (const { draft, order } of found) this.#orders.set(draft.id, order);
    const order = ({ id }: Draft) => this.#orders.get(id) ?? 0;
    const all = [...this.#drafts, ...found.map(({ draft }) => draft)];
    this.#set(all.sort((one, other) => order(one) - order(other) || (one.id < other.id ? -1 : 1)));
    void this.#pump();
  }

  async #pump(): Promise<void> {
    if (this.#pumping || !this.#open) return;
    const run = this.#run;
    this.#pumping = true;
    for (;;) {
      const next = this.#drafts.find((draft) => draft.state === 'waiting');
      if (next === undefined) break;
      this.#replace(next.id, (draft) => ({ ...draft, state: 'sending' }));
      const answer = await this.#options.post(next).catch(() => undefined);
      // That it is stored is true under any run; a refusal counts only under its own.
      if (answer?.ok === true) this.#acknowledged(next, answer);
      if (run !== this.#run) return;
      if (answer?.ok === true) continue;
      const wait = this.#refused(next, answer?.error);
      if (wait > 0) {
        await pause(wait);
        if (run !== this.#run) return;
      }
    }
    this.#pumping = false;
  }

  #acknowledged(draft: Draft, posted: Posted): void {
    if (this.#find(draft.id) === undefined) return;
    this.#options.stored(draft, posted);
    this.#remove(draft.id);
  }

  /** Decides over a draft that was not acknowledged; returns the pause before the next one. */
  #refused(draft: Draft, error: Refusal | undefined): number {
    if (error === undefined || isPassing(error)) {
      this.#replace(draft.id, (held) => ({ ...held, state: 'waiting' }));
      return pauseOf(error);
    }
    if (error.code === 'not_stored') {
      // It was relayed, so it holds up nothing: the next one goes out meanwhile.
      this.#replace(draft.id, (held) => ({ ...held, state: 'unstored' }));
      clearTimeout(this.#later);
      this.#later = setTimeout(
        () => {
          this.storing();
        },
        pauseOf(error, UNSTORED_PAUSE_MS),
      );
    } else {
      this.#replace(draft.id, (held) => ({ ...held, state: 'failed', error }));
      this.#keep(draft.id);
    }
    return 0;
  }

  #find(id: string): Draft | undefined {
    return this.#drafts.find((draft) => draft.id === id);
  }

  #keep(id: string): void {
    const { drafts, room } = this.#options;
    const draft = this.#find(id);
    if (draft !== undefined) drafts.keep(room, { draft, order: this.#orders.get(id) ?? 0 });
  }

  #remove(id: string): void {
    this.#options.drafts.drop(this.#options.room, id);
    this.#orders.delete(id);
    this.#set(this.#drafts.filter((draft) => draft.id !== id));
  }

  #move(from: Draft['state'], to: Draft['state']): void {
    if (!this.#drafts.some(({ state }) => state === from)) return;
    this.#set(
      this.#drafts.map((draft) => (draft.state === from ? { ...draft, state: to } : draft)),
    );
  }

  #replace(id: string, change: (draft: Draft) => Draft): void {
    this.#set(this.#drafts.map((draft) => (draft.id === id ? change(draft) : draft)));
  }

  #set(drafts: readonly Draft[]): void {
    this.#drafts = drafts;
    this.#options.changed();
  }
}
