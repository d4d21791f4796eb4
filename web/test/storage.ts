/** Stands in for `localStorage`: with a bound, forbidden, or shared by two tabs, as the test wants it. */
import { Shelf, type Storing } from '../src/connection/shelf';

export class FakeStorage implements Storing {
  readonly kept = new Map<string, string>();
  /** Characters that it takes in all. */
  room = Infinity;

  get length(): number {
    return this.kept.size;
  }

  key(index: number): string | null {
    return [...this.kept.keys()][index] ?? null;
  }

  getItem(key: string): string | null {
    return this.kept.get(key) ?? null;
  }

  setItem(key: string, value: string): void {
    let used = key.length + value.length;
    for (const [other, held] of this.kept) if (other !== key) used += other.length + held.length;
    if (used > this.room) throw new DOMException('full', 'QuotaExceededError');
    this.kept.set(key, value);
  }

  removeItem(key: string): void {
    this.kept.delete(key);
  }
}

/** The shelves of two tabs on one storage: each hears what the other one writes. */
export function twoTabs(storage = new FakeStorage()): [Shelf, Shelf] {
  const shelves: Shelf[] = [];
  const tab = (other: 0 | 1): Storing => ({
    get length() {
      return storage.length;
    },
    key: (index) => storage.key(index),
    getItem: (key) => storage.getItem(key),
    setItem: (key, newValue) => {
      storage.setItem(key, newValue);
      shelves[other]?.heard({ key, newValue });
    },
    removeItem: (key) => {
      const wasThere = storage.getItem(key) !== null;
      storage.removeItem(key);
      if (wasThere) shelves[other]?.heard({ key, newValue: null });
    },
  });
  const [one, two] = [shelf(tab(1)), shelf(tab(0))];
  shelves.push(one, two);
  return [one, two];
}

/** A shelf as the page makes it, on a storage of the test's. */
export function shelf(storage: Storing = new FakeStorage()): Shelf {
  return new Shelf(() => storage);
}

/** A shelf where storage is forbidden. */
export function forbidden(): Shelf {
  return new Shelf(() => {
    throw new DOMException('denied', 'SecurityError');
  });
}
