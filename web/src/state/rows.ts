/**
 * A room's messages as rows to draw: days apart, people's messages together, the place where the
 * reader left off, and at the end what is still to be sent.
 *
 * One more message must not make 5,000 rows anew: a row that says the same as before is the same
 * object, and rows stand in blocks, of which one that holds the same rows is the same object too. A
 * row stays in its block for good, also when a draft becomes a message, so that what is drawn of
 * it stays as well.
 */
import type { Draft } from '../connection/outbox';
import { key, type Entry } from '../connection/timeline';
import type { Message } from '../connection/wire';
import { possibly, truly } from './calendar';

export interface Row {
  readonly key: string;
  readonly kind: Entry['kind'];
  /** `undefined` for what is not in the history yet. */
  readonly seq: number | undefined;
  /** The day on which it was said, if that is known. */
  readonly on: number | undefined;
  /** That day begins with this row. */
  readonly begins: boolean;
  /** The first that the reader has not seen. */
  readonly fresh: boolean;
  /** Said by another person than the row before, or much later. */
  readonly first: boolean;
  readonly mine: boolean;
  /** When it was said, if that is known. */
  readonly at: number | undefined;
  /** When it may have been said, by a clock that was not set. */
  readonly about: number | undefined;
  readonly message: Said | undefined;
  readonly state: State | undefined;
  /** What is still to be done for it. */
  readonly draft: Draft | undefined;
}

export type State = Draft['state'] | 'relayed' | 'stored';

/** A message, or as much of one as a draft has. */
export type Said = Pick<Message, 'id' | 'text' | 'data' | 'reply_to'> & Partial<Message>;

export interface Block {
  readonly key: number;
  readonly rows: readonly Row[];
}

export interface Sources {
  readonly entries: readonly Entry[];
  readonly drafts: readonly Draft[];
  /** The reader's id. */
  readonly me: string | undefined;
  /** The last number that the reader had seen on leaving off. */
  readonly left: number | undefined;
  readonly now: number;
  readonly day: (at: number) => number;
}

/** Messages of one person further apart than this are not drawn as one. */
const TOGETHER_MS = 5 * 60_000;
/** Rows of a block: as many as may be looked through for each message that comes in. */
const BLOCK = 50;
/** Rows of a block into which something came later. */
const FULL = 4 * BLOCK;

export class Rows {
  #made = new WeakMap<object, Row>();
  /** The block of each row that is drawn now. */
  #homes = new Map<string, number>();
  #blocks: readonly Block[] = [];
  #fresh: Row | undefined;

  /** The first row that the reader has not seen, if it is there. */
  get fresh(): Row | undefined {
    return this.#fresh;
  }

  make(sources: Sources): readonly Block[] {
    this.#blocks = this.#divide(this.#arrange(sources));
    return this.#blocks;
  }

  #arrange({ entries, drafts, me, left, now, day }: Sources): Row[] {
    // A message that came back before its acknowledgement is shown at its place, with its state.
    const own = new Map(drafts.map((draft) => [draft.id, draft]));
    const rows: Row[] = [];
    this.#fresh = undefined;
    let today: number | undefined;
    let told = left === undefined;
    let before: Row | undefined;
    const add = (source: Entry | Draft, make: () => Row, draft?: Draft, state?: State) => {
      const known = this.#made.get(source) ?? make();
      const fresh = !told && !known.mine && (known.seq ?? 0) > (left ?? 0) && isLine(known);
      told ||= fresh;
      const begins = known.on !== undefined && known.on !== today;
      today = known.on ?? today;
      const first = begins || fresh || !together(before, known);
      let row = known;
      if (
        known.begins !== begins ||
        known.fresh !== fresh ||
        known.first !== first ||
        known.draft !== draft ||
        known.state !== state
      ) {
        row = { ...known, begins, fresh, first, draft, state };
      }
      this.#made.set(source, row);
      if (fresh) this.#fresh = row;
      rows.push((before = row));
    };
    for (const entry of entries) {
      if (entry.kind !== 'message') {
        add(entry, () => ({ ...BLANK, key: `${entry.kind}${entry.seq}`, ...entry }));
        continue;
      }
      const { message, seq } = entry;
      const mine = message.from.id === me;
      const draft = mine ? own.get(message.id) : undefined;
      if (draft !== undefined) own.delete(draft.id);
      const make = () => {
        const at = truly(message, now);
        const on = at === undefined ? undefined : day(at);
        const about = message.at_unsure === true ? possibly(message.at, now) : undefined;
        const said = { kind: entry.kind, seq, mine, at, about, on, message };
        return { ...BLANK, key: key(message), ...said };
      };
      if (this.#made.get(entry)?.mine !== mine) this.#made.delete(entry);
      add(entry, make, draft, mine ? standing(entry.state, draft?.state) : undefined);
    }
    for (const draft of own.values()) {
      const { id, text, state, replyTo } = draft;
      const message = { id, text, ...(replyTo === undefined ? {} : { reply_to: replyTo }) };
      const make = () => ({ ...BLANK, key: `${me ?? ''}\n${id}`, mine: true, message });
      add(draft, make, draft, state);
    }
    return rows;
  }

  #divide(rows: readonly Row[]): readonly Block[] {
    const isKnown = rows.map((row) => this.#homes.has(row.key));
    const first = isKnown.indexOf(true);
    const last = isKnown.lastIndexOf(true);
    if (first < 0) this.#homes.clear();
    const blocks: { key: number; rows: Row[]; drafts: boolean }[] = [];
    let block: (typeof blocks)[number] | undefined;
    const highest = this.#blocks[this.#blocks.length - 1]?.key ?? 0;
    const lowest = this.#homes.get(rows[first]?.key ?? '') ?? highest + 1;
    rows.forEach((row, index) => {
      let home = block?.key ?? lowest;
      if (index < first) {
        // Older ones on top, counted down, so that only the uppermost block is short.
        home = lowest - Math.ceil((first - index) / BLOCK);
      } else if (isKnown[index] === true) {
        home = Math.max(home, this.#homes.get(row.key) ?? home);
      } else if (block !== undefined) {
        // Drafts move behind what comes in meanwhile: no new block before they have their place.
        const most = index > last && !block.drafts ? BLOCK : FULL;
        if (block.rows.length >= most) home += 1;
      }
      if (block?.key !== home) blocks.push((block = { key: home, rows: [], drafts: false }));
      block.rows.push(row);
      block.drafts ||= row.draft !== undefined;
      if (isKnown[index] !== true || home !== this.#homes.get(row.key)) {
        this.#homes.set(row.key, home);
      }
    });
    // What is gone is forgotten, but not one by one.
    if (this.#homes.size > rows.length + FULL) {
      const drawn = new Set(rows.map((row) => row.key));
      for (const gone of this.#homes.keys()) if (!drawn.has(gone)) this.#homes.delete(gone);
    }
    const before = new Map(this.#blocks.map((made) => [made.key, made]));
    return blocks.map((made) => {
      const known = before.get(made.key);
      return known !== undefined && alike(known.rows, made.rows) ? known : made;
    });
  }
}

/** How it stands with an own message that is back: whoever is present has it, whatever is to come. */
function standing(state: State | undefined, draft: Draft['state'] | undefined): State | undefined {
  return draft === 'waiting' || draft === 'sending' ? (state ?? draft) : (draft ?? state);
}

const BLANK: Row = {
  key: '',
  kind: 'message',
  seq: undefined,
  on: undefined,
  begins: false,
  fresh: false,
  first: false,
  mine: false,
  at: undefined,
  about: undefined,
  message: undefined,
  state: undefined,
  draft: undefined,
};

function isLine({ message }: Row): boolean {
  return message !== undefined;
}

function together(before: Row | undefined, row: Row): boolean {
  if (before?.message === undefined || row.message === undefined) return false;
  if (before.mine !== row.mine) return false;
  const [one, other] = [before.message.from, row.message.from];
  if (!row.mine && (one?.id !== other?.id || one?.name !== other?.name)) return false;
  const apart = before.at === undefined || row.at === undefined ? 0 : row.at - before.at;
  return Math.abs(apart) <= TOGETHER_MS;
}

function alike(one: readonly Row[], other: readonly Row[]): boolean {
  return one.length === other.length && one.every((row, index) => row === other[index]);
}
