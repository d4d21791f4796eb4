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
import type { Answer, Posted, Refusal } from './wire';

export interface Draft {
  readonly id: string;
  readonly text: string;
  /** The number of the message that it answers. */
  readonly replyTo?: number;
  /** When it was written, by the phone's clock. */
  readonly at: number;
  readonly state: 'waiting' | 'sending' | 'unstored' | 'failed';
  readonly error?: Refusal;
}

export interface OutboxOptions {
  /** Sends; rejects when no answer came. */
  readonly post: (draft: Draft) => Promise<Answer<Posted>>;
  /** The gateway has it on its card. */
  readonly stored: (draft: Draft, posted: Posted) => void;
  readonly changed: () => void;
  readonly newId: () => string;
}

/** Pause after a refusal that names none, or after no answer at all. */
const PAUSE_MS = 1_000;
/** Whatever a gateway says, a draft is tried again at least this often. */
const LONGEST_PAUSE_MS = 60_000;
/** Pause before an unstored draft is tried again, if the gateway does not say earlier that it can. */
const UNSTORED_PAUSE_MS = 30_000;

export class Outbox {
  #drafts: readonly Draft[] = [];
  /** Grows with each start and stop: what began under another run is void. */
  #run = 0;
  #open = false;
  #pumping = false;
  #later: ReturnType<typeof setTimeout> | undefined;
  readonly #options: OutboxOptions;

  constructor(options: OutboxOptions) {
    this.#options = options;
  }

  /** In the order in which they were written; another array after each change. */
  get drafts(): readonly Draft[] {
    return this.#drafts;
  }

  /** Takes a new text and sends it as soon as its turn comes. */
  add(text: string, replyTo?: number): Draft {
    const draft: Draft = {
      id: this.#options.newId(),
      text,
      ...(replyTo === undefined ? {} : { replyTo }),
      at: Date.now(),
      state: 'waiting',
    };
    this.#set([...this.#drafts, draft]);
    void this.#pump();
    return draft;
  }

  /** The room is there: everything unacknowledged goes out, in order. */
  start(): void {
    this.stop();
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
    this.#replace(id, ({ id, text, replyTo, at }) => ({
      id,
      text,
      ...(replyTo === undefined ? {} : { replyTo }),
      at,
      state: 'waiting',
    }));
    void this.#pump();
  }

  /** The person gives a failed draft up. */
  discard(id: string): void {
    this.#set(this.#drafts.filter((draft) => draft.id !== id || draft.state !== 'failed'));
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
      const pause = this.#refused(next, answer?.error);
      if (pause > 0) {
        await sleep(pause);
        if (run !== this.#run) return;
      }
    }
    this.#pumping = false;
  }

  #acknowledged(draft: Draft, posted: Posted): void {
    if (!this.#drafts.some(({ id }) => id === draft.id)) return;
    this.#options.stored(draft, posted);
    this.#set(this.#drafts.filter(({ id }) => id !== draft.id));
  }

  /** Decides over a draft that was not acknowledged; returns the pause before the next one. */
  #refused(draft: Draft, error: Refusal | undefined): number {
    if (error === undefined) {
      this.#replace(draft.id, (held) => ({ ...held, state: 'waiting' }));
      return PAUSE_MS;
    }
    const pause = (otherwise: number) =>
      Math.min(Math.max(error.retry_after_ms ?? otherwise, 50), LONGEST_PAUSE_MS);
    switch (error.code) {
      case 'rate':
      case 'busy':
        this.#replace(draft.id, (held) => ({ ...held, state: 'waiting' }));
        return pause(PAUSE_MS);
      case 'not_stored':
        // It was relayed, so it holds up nothing: the next one goes out meanwhile.
        this.#replace(draft.id, (held) => ({ ...held, state: 'unstored' }));
        this.#storeLater(pause(UNSTORED_PAUSE_MS));
        return 0;
      default:
        this.#replace(draft.id, (held) => ({ ...held, state: 'failed', error }));
        return 0;
    }
  }

  #storeLater(pause: number): void {
    clearTimeout(this.#later);
    this.#later = setTimeout(() => {
      this.storing();
    }, pause);
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

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
