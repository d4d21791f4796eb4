/**
 * An old page against a new gateway: the page loads itself anew, once, as soon as nothing that is
 * not sent yet would be lost. If it is still another one after that, it says so and stays.
 *
 * That it has tried is noted in the entry of the browser's history: that outlives the loading, and
 * needs no storage.
 */
import type { Hello } from '../connection/wire';
import { isAnythingBegun } from './desk';

/** The gateway serves another page than this one: it renews itself, or could not. */
export type Outdated = 'no' | 'renewing' | 'old';

export interface ThisPage {
  /** Which page this is, as its build says. */
  readonly id: string | undefined;
  /** Which page an earlier loading was for. */
  readonly triedFor: string | undefined;
  /** Loads the page anew, with a note for which. */
  readonly reload: (wanted: string) => void;
  /** Whether something was begun to be written that would be lost. */
  readonly isTyping: () => boolean;
}

/** Major version of the vocabulary that this page speaks. */
const VERSION = 1;
/** Pause between two looks whether nothing would be lost. */
const LOOK_MS = 500;

export class Renewal {
  readonly #page: ThisPage;
  readonly #isSafe: () => boolean;
  readonly #changed: (outdated: Outdated) => void;
  #triedFor: string | undefined;
  #looking: ReturnType<typeof setInterval> | undefined;

  /** `isSafe`: everything written is sent, or outlives the page. */
  constructor(page: ThisPage, isSafe: () => boolean, changed: (outdated: Outdated) => void) {
    this.#page = page;
    this.#isSafe = isSafe;
    this.#changed = changed;
    this.#triedFor = page.triedFor;
  }

  /** The gateway has greeted: which page does it serve? */
  greeted({ page, version }: Pick<Hello, 'page' | 'version'>): void {
    clearInterval(this.#looking);
    const { id } = this.#page;
    const isOther = id !== undefined && page !== undefined && page !== id;
    if (!isOther && (version === undefined || Math.floor(version) === VERSION)) {
      this.#changed('no');
      return;
    }
    const wanted = page ?? `version ${version ?? ''}`;
    if (this.#triedFor === wanted) {
      this.#changed('old');
      return;
    }
    this.#changed('renewing');
    this.#looking = setInterval(() => {
      this.#look(wanted);
    }, LOOK_MS);
  }

  #look(wanted: string): void {
    if (!this.#isSafe() || this.#page.isTyping()) return;
    clearInterval(this.#looking);
    this.#triedFor = wanted;
    this.#page.reload(wanted);
  }
}

/** The page in this window. */
export function thisPage(page: Window): ThisPage {
  const { document, history, location } = page;
  const noted = (): Record<string, unknown> => {
    const state: unknown = history.state;
    return typeof state === 'object' && state !== null ? { ...state } : {};
  };
  const { renewed } = noted();
  return {
    id: document.querySelector<HTMLMetaElement>('meta[name=madang-page]')?.content,
    triedFor: typeof renewed === 'string' ? renewed : undefined,
    reload: (wanted) => {
      history.replaceState({ ...noted(), renewed: wanted }, '');
      location.reload();
    },
    isTyping: isAnythingBegun,
  };
}
