/**
 * The rooms that this person is in, the last opened first, and how far it has read in each. Kept
 * on the shelf, so that the phone goes back into them after a reload.
 */
import type { Shelf } from './shelf';

export interface Place {
  readonly name: string;
  /** The room's key, once it was right. */
  readonly key?: string | undefined;
  /** Which store `read` belongs to. */
  readonly log?: string;
  /** The number of the last message read. */
  readonly read?: number;
}

const KEY = 'rooms';
/** Rooms remembered. */
const MOST = 50;

export class Places {
  readonly #shelf: Shelf;
  readonly #changed: () => void;
  #all: readonly Place[];
  /** What this tab has to do with: another tab's leaving does not take it away here. */
  readonly #own = new Set<string>();

  /** `changed`: another tab has read or opened something. */
  constructor(shelf: Shelf, changed: () => void) {
    this.#shelf = shelf;
    this.#changed = changed;
    this.#all = parse(shelf.read(KEY));
    shelf.watch((key, value) => {
      if (key === KEY && value !== undefined) this.#heard(parse(value));
    });
  }

  get all(): readonly Place[] {
    return this.#all;
  }

  of(name: string): Place | undefined {
    return this.#all.find((place) => place.name === name);
  }

  /** The room is looked at now. */
  opened(name: string): void {
    this.#own.add(name);
    const place = this.of(name) ?? { name };
    this.#set([place, ...this.#all.filter((other) => other !== place)].slice(0, MOST));
  }

  /** Notes something about a room that is remembered. */
  note(name: string, change: Omit<Place, 'name'>): void {
    this.#set(this.#all.map((place) => (place.name === name ? { ...place, ...change } : place)));
  }

  left(name: string): void {
    this.#own.delete(name);
    this.#set(this.#all.filter((place) => place.name !== name));
  }

  /** Forgets them, here and on the shelf. */
  clear(): void {
    this.#own.clear();
    this.#all = [];
    this.#shelf.drop(KEY);
  }

  /** What another tab has: its list, with the further mark of both, and what is open here only. */
  #heard(theirs: readonly Place[]): void {
    const merged = theirs.map((place) => {
      const own = this.of(place.name);
      return own?.log === place.log && (own?.read ?? 0) > (place.read ?? 0)
        ? { ...place, ...own }
        : place;
    });
    const known = new Set(theirs.map(({ name }) => name));
    const open = this.#all.filter(({ name }) => this.#own.has(name) && !known.has(name));
    this.#all = [...open, ...merged];
    this.#changed();
  }

  #set(all: readonly Place[]): void {
    this.#all = all;
    this.#shelf.later(KEY, () => JSON.stringify(this.#all));
  }
}

function parse(kept: string | undefined): Place[] {
  let list: unknown;
  try {
    list = JSON.parse(kept ?? '[]');
  } catch {
    return [];
  }
  return Array.isArray(list) ? list.filter(isPlace) : [];
}

function isPlace(value: unknown): value is Place {
  if (typeof value !== 'object' || value === null) return false;
  const { name, key, log, read } = value as Record<string, unknown>;
  const fits = (field: unknown, type: string) => field === undefined || typeof field === type;
  return (
    typeof name === 'string' && fits(key, 'string') && fits(log, 'string') && fits(read, 'number')
  );
}
