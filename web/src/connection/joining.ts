/**
 * The way into a room, and back into it after each loss of the connection.
 *
 *     join(since, log) -> page … until `more: false` -> live
 *
 * A join of a room one is in already only brings the next page, so one request serves the first
 * visit, the return and every page in between.
 */
import { isPassing, pause, pauseOf } from './asking';
import type { Answer, Joined, Refusal } from './wire';

export interface JoiningOptions {
  /** Asks for the next page; rejects when no answer came. */
  readonly ask: () => Promise<Answer<Joined>>;
  readonly page: (page: Joined, isFirst: boolean) => void;
  /** No answer, or a refusal for the moment: it is tried again. */
  readonly delayed: (error: Refusal | undefined) => void;
  /** Refused until the person does something about it. */
  readonly refused: (error: Refusal) => void;
}

export class Joining {
  /** Grows with each beginning and end: answers to earlier ones are void. */
  #turn = 0;
  readonly #options: JoiningOptions;

  constructor(options: JoiningOptions) {
    this.#options = options;
  }

  /** Begins, or begins again; resolves when we are in, or are not to be. */
  begin(): Promise<void> {
    return new Promise((entered) => {
      void this.#run(entered).finally(entered);
    });
  }

  end(): void {
    this.#turn += 1;
  }

  async #run(entered: () => void): Promise<void> {
    this.#turn += 1;
    const turn = this.#turn;
    for (let isFirst = true; ;) {
      const answer = await this.#options.ask().catch(() => undefined);
      if (turn !== this.#turn) return;
      if (answer?.ok === true) {
        this.#options.page(answer, isFirst);
        isFirst = false;
        entered();
        if (!answer.more) return;
        continue;
      }
      if (answer !== undefined && !isPassing(answer.error)) {
        this.#options.refused(answer.error);
        return;
      }
      this.#options.delayed(answer?.error);
      await pause(pauseOf(answer?.error));
      if (turn !== this.#turn) return;
    }
  }
}
