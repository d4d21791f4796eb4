/**
 * The list of rooms as the gateway told it, with the last lines of our own rooms as we heard them:
 * the gateway tells the list rarely, and never what was said behind a lock.
 */
import type { Message, RoomInfo } from './wire';

type LastLine = NonNullable<RoomInfo['last']>;

/** Characters of a last line, as many as the gateway tells. */
const LINE_CHARS = 80;

export class Listing {
  #rooms: readonly RoomInfo[] = [];
  #heard = new Map<string, LastLine & { readonly at: number }>();

  /** The liveliest first, as the gateway has it. */
  get rooms(): readonly RoomInfo[] {
    return this.#rooms.map((room) => {
      const heard = this.#heard.get(room.name);
      if (heard === undefined || heard.seq <= (room.last?.seq ?? 0)) return room;
      const { at, ...last } = heard;
      return { ...room, last, last_at: at };
    });
  }

  /** The number of the newest message of a room; 0 if there is none, or none to be known. */
  last(room: string): number {
    return this.#rooms.find(({ name }) => name === room)?.last?.seq ?? 0;
  }

  /** The gateway's list. What was heard of rooms that are no longer there is forgotten. */
  told(rooms: readonly RoomInfo[]): void {
    this.#rooms = rooms;
    const names = new Set(rooms.map(({ name }) => name));
    for (const name of this.#heard.keys()) if (!names.has(name)) this.#heard.delete(name);
  }

  /** A live message of one of our rooms; whether the list shows it. */
  heard({ room, seq, from, text = '', at }: Message): boolean {
    if (!this.#rooms.some(({ name }) => name === room)) return false;
    const line = text.slice(0, LINE_CHARS * 4).replace(/\s+/g, ' ');
    this.#heard.set(room, { seq, name: from.name, text: line, at });
    return true;
  }

  /** We have left a room: what was said behind its lock is none of our business any more. */
  left(room: string): void {
    this.#heard.delete(room);
  }

  /** Another store, or another person: nothing of it counts. */
  forget(): void {
    this.#rooms = [];
    this.#heard.clear();
  }
}
