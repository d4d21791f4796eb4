/**
 * Who is in a room. A join names the first of them; the rest is asked for when somebody wants to
 * see it. Up to 50 present each coming and going is told; beyond, only how many there are, and the
 * list is asked for anew.
 */
import type { MembersPage, Person } from './wire';

/** Pages asked for at most: more persons than any room holds. */
const PAGES = 100;

export interface MembersOptions {
  /** One page; `undefined` when it is not to be had now. */
  readonly ask: (after: string | undefined) => Promise<MembersPage | undefined>;
  readonly changed: () => void;
}

export class Members {
  readonly #options: MembersOptions;
  #persons = new Map<string, Person>();
  #sorted: readonly Person[] | undefined;
  /** Whether it is known to be everybody. */
  #complete = false;
  #loading = false;
  /** Somebody looks at it. */
  #wanted = false;

  constructor(options: MembersOptions) {
    this.#options = options;
  }

  /** By name. */
  get list(): readonly Person[] {
    this.#sorted ??= [...this.#persons.values()].sort(
      (one, other) => COLLATOR.compare(one.name, other.name) || (one.id < other.id ? -1 : 1),
    );
    return this.#sorted;
  }

  /** As a join has named them. */
  joined(members: readonly Person[], count: number): void {
    this.#complete = members.length >= count;
    if (this.#complete || this.#persons.size === 0) this.#set(members);
    if (this.#wanted) this.load();
  }

  came(person: Person): void {
    this.#persons.set(person.id, person);
    this.#touch();
  }

  left(person: Person): void {
    this.#persons.delete(person.id);
    this.#touch();
  }

  renamed(person: Person): void {
    if (this.#persons.has(person.id)) this.came(person);
  }

  /** So many are there now; who came or went was not told. */
  merged(): void {
    this.#complete = false;
  }

  /** Makes sure that it is everybody. */
  load(): void {
    this.#wanted = true;
    if (this.#complete || this.#loading) return;
    this.#loading = true;
    void this.#load().finally(() => {
      this.#loading = false;
    });
  }

  async #load(): Promise<void> {
    const all: Person[] = [];
    for (let page = 0; page < PAGES; page += 1) {
      const answer = await this.#options.ask(all[all.length - 1]?.id);
      if (answer === undefined) return;
      all.push(...answer.members);
      if (!answer.more || answer.members.length === 0) break;
    }
    this.#complete = true;
    this.#set(all);
  }

  #set(members: readonly Person[]): void {
    this.#persons = new Map(members.map((person) => [person.id, person]));
    this.#touch();
  }

  #touch(): void {
    this.#sorted = undefined;
    this.#options.changed();
  }
}

const COLLATOR = new Intl.Collator();
