/** A room of the made-up gateway: its numbered messages, and who is there. */
import type { Day, Joined, Message, Page, Person, RoomInfo } from '../src/connection/wire';
import { OPENED } from './clock';
import { ME } from './people';
import type { Line, Told } from './rooms';

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;
/** Korea is nine hours east. */
const ZONE_MS = 9 * 60 * MINUTE_MS;
/** Midnight, in Korea, of the day on which the page is opened. */
const TODAY = Math.floor((OPENED + ZONE_MS) / DAY_MS) * DAY_MS - ZONE_MS;

/** What was made up goes before what was told, so many messages a day. */
const CHATTER_A_DAY = 24;
/** Messages that a room keeps. */
export const KEPT = 10_000;

export class Room {
  readonly name: string;
  readonly key: string | undefined;
  readonly answers: readonly string[];
  readonly #present = new Map<string, Person>();
  /** The messages that are kept, and by their ids; so many were there before them. */
  readonly #messages: Message[] = [];
  readonly #known = new Map<string, Message>();
  #dropped = 0;

  /** `me` wrote what is told as said by whoever looks at the page. */
  constructor(told: Told, me: Person, history: number) {
    this.name = told.name;
    this.key = told.key;
    this.answers = told.answers;
    for (const person of told.people) this.#present.set(person.id, person);
    this.#chat(told, history);
    const before = this.#messages.length;
    for (const line of told.lines) this.#tell(line, me, before);
  }

  get others(): readonly Person[] {
    return [...this.#present.values()].filter(({ id }) => id !== ME);
  }

  get members(): readonly Person[] {
    return [...this.#present.values()];
  }

  get info(): RoomInfo {
    const last = this.#messages[this.#messages.length - 1];
    const info = { name: this.name, count: this.#present.size, locked: this.key !== undefined };
    if (last === undefined) return info;
    const text = (last.text ?? '').replace(/\n/g, ' ').slice(0, 80);
    const told = { seq: last.seq, name: last.from.name, text };
    return { ...info, last_at: last.at, ...(info.locked ? {} : { last: told }) };
  }

  enter(person: Person): void {
    this.#present.set(person.id, person);
  }

  leave(person: Person): void {
    this.#present.delete(person.id);
  }

  add(from: Person, id: string, text: string, replyTo: number | undefined, at: number): Message {
    const known = this.#known.get(`${from.id} ${id}`);
    if (known !== undefined) return known;
    const answers = replyTo === undefined ? {} : { reply_to: replyTo };
    const message = { room: this.name, seq: this.#next, id, from, text, ...answers, at };
    this.#known.set(`${from.id} ${id}`, message);
    this.#messages.push(message);
    if (this.#messages.length > KEPT) {
      const dropped = this.#messages.shift();
      this.#known.delete(`${dropped?.from.id ?? ''} ${dropped?.id ?? ''}`);
      this.#dropped += 1;
    }
    return message;
  }

  /** The page of a join: the oldest after the cursor, without one the newest. */
  join(since: number | undefined, limit: number): Joined {
    const { messages, more } =
      since === undefined ? this.#before(this.#next, limit) : this.#after(since, limit);
    return {
      room: this.name,
      members: this.members,
      count: this.#present.size,
      messages,
      next: messages[messages.length - 1]?.seq ?? since ?? 0,
      more: since !== undefined && more,
      gap: false,
      reset: false,
    };
  }

  history(before: number | undefined, after: number | undefined, limit: number): Page {
    if (after !== undefined) return this.#after(after, limit);
    return this.#before(before ?? this.#next, limit);
  }

  days(zone: number): readonly Day[] {
    const days = new Map<number, Day>();
    for (const { seq, at } of this.#messages) {
      const day = Math.floor((at + zone * MINUTE_MS) / DAY_MS);
      if (!days.has(day)) days.set(day, { day, seq, at });
    }
    return [...days.values()];
  }

  /** The number of the next message. */
  get #next(): number {
    return this.#dropped + this.#messages.length + 1;
  }

  #before(seq: number, limit: number): Page {
    const end = Math.max(0, seq - 1 - this.#dropped);
    const from = Math.max(0, end - limit);
    return { messages: this.#messages.slice(from, end), more: from > 0 };
  }

  #after(seq: number, limit: number): Page {
    const from = Math.max(0, seq - this.#dropped);
    const messages = this.#messages.slice(from, from + limit);
    return { messages, more: from + limit < this.#messages.length };
  }

  #tell({ ago, time, from, text, reply }: Line, me: Person, before: number): void {
    const [hours = 0, minutes = 0] = time.split(':').map(Number);
    const at = TODAY - ago * DAY_MS + (hours * 60 + minutes) * MINUTE_MS;
    const id = `told-${this.#next}`;
    const answered = reply === undefined ? undefined : before + reply + 1;
    this.add(from === ME ? me : from, id, text, answered, at);
  }

  /** The weeks before, the same in every visit. */
  #chat({ people, chatter, lines }: Told, history: number): void {
    const first = Math.max(1, ...lines.map(({ ago }) => ago + 1));
    if (people.length === 0 || chatter.length === 0) return;
    for (let number = 0; number < history; number += 1) {
      const left = history - 1 - number;
      const ago = first + Math.floor(left / CHATTER_A_DAY);
      const minutes =
        8 * 60 + (CHATTER_A_DAY - 1 - (left % CHATTER_A_DAY)) * 32 + ((number * 7) % 13);
      const from = people[(number * number + number) % people.length];
      const text = chatter[(number * 7) % chatter.length];
      if (from === undefined || text === undefined) continue;
      this.add(from, `chat-${number}`, text, undefined, TODAY - ago * DAY_MS + minutes * MINUTE_MS);
    }
  }
}
