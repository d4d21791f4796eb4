/**
 * The piece of a room's log that is in view, and how it moves.
 *
 * The *tail* ends at the newest message and takes in what is said live. Who looks further back
 * than the tail may be long gets a *past*: a piece that ends somewhere before. Either has no hole
 * in it; where the past has grown up to the tail, both are one again.
 *
 *     older() ------ more in front; beyond the most that is shown the newest leave: detached
 *     show(seq) ---- a past around that number, if it is not in view
 *     newer() ------ more behind the past, until it meets the tail: attached again
 *     latest() ----- the tail
 */
import { Timeline, type Entry, type Mark } from './timeline';
import type { Message, Page } from './wire';

/** What there is beyond an end. */
export type Beyond = 'some' | 'loading' | 'none';

export interface LookbackOptions {
  /** A page of the history; `undefined` when it is not to be had now. */
  readonly ask: (bound: { before: number } | { after: number }) => Promise<Page | undefined>;
  readonly mark: Mark;
  readonly changed: () => void;
  readonly bounds?: Bounds | undefined;
}

export interface Bounds {
  /** Entries shown at most. */
  readonly most: number;
  /** Entries of a tail that is not in view. */
  readonly tail: number;
}

/** Some 5 MB with messages of ordinary length. */
const BOUNDS: Bounds = { most: 5_000, tail: 500 };

/** One piece without a hole. */
class Piece {
  readonly timeline: Timeline;
  /** Whether there is more in front of it. */
  older: boolean;
  loadingOlder = false;
  loadingNewer = false;
  /** How often something was taken off at the top, and at the bottom: pages asked for before do not fit. */
  topCuts = 0;
  bottomCuts = 0;

  constructor(entries: readonly Entry[], older: boolean) {
    this.timeline = new Timeline(entries);
    this.older = older;
  }

  cutTop(most: number): void {
    if (!this.timeline.trim(most, 'oldest')) return;
    this.topCuts += 1;
    this.older = true;
  }

  cutBottom(most: number): void {
    if (this.timeline.trim(most, 'newest')) this.bottomCuts += 1;
  }

  /** Whether a number lies between its ends. */
  spans(seq: number): boolean {
    const { first, last } = this.timeline;
    return first !== undefined && last !== undefined && first <= seq && seq <= last;
  }
}

export class Lookback {
  readonly #options: LookbackOptions;
  readonly #bounds: Bounds;
  #tail = new Piece([], false);
  #past: Piece | undefined;
  /** Grows with each move to another piece: a move begun before is void. */
  #turn = 0;

  constructor(options: LookbackOptions) {
    this.#options = options;
    this.#bounds = options.bounds ?? BOUNDS;
  }

  get entries(): readonly Entry[] {
    return this.#piece.timeline.entries;
  }

  /** The newest messages, in view or not. */
  get tail(): Timeline {
    return this.#tail.timeline;
  }

  get detached(): boolean {
    return this.#past !== undefined;
  }

  get beyondTop(): Beyond {
    const { loadingOlder, older } = this.#piece;
    return loadingOlder ? 'loading' : older ? 'some' : 'none';
  }

  get beyondBottom(): Beyond {
    if (this.#past === undefined) return 'none';
    return this.#past.loadingNewer ? 'loading' : 'some';
  }

  /** Messages that continue the tail: live, or the next page after a cursor. */
  append(messages: readonly Message[], mark = this.#options.mark): void {
    const tail = this.#tail;
    tail.timeline.add(messages, mark);
    for (const message of this.#past === undefined ? [] : messages) {
      // Come again under a later number: its former place is in the past no more.
      const former = this.#past?.timeline.number(message);
      if (former !== undefined && former < message.seq) this.#past?.timeline.remove(former);
    }
    if (this.#past !== undefined) tail.cutTop(this.#bounds.tail);
    // While older ones are on their way, nothing leaves in front: they would not fit any more.
    else if (!tail.loadingOlder) tail.cutTop(this.#bounds.most);
  }

  /** The newest page of the room, and what this phone still had of it before. */
  begin(messages: readonly Message[], before: readonly Message[] = []): void {
    this.#move(undefined);
    this.#tail = new Piece([], messages.length > 0 || before.length > 0);
    this.#tail.timeline.add([...before, ...messages], this.#options.mark);
  }

  /** An own message is on the card. One from before what is here is left where it is. */
  stored(message: Message): void {
    const { first, last } = this.#tail.timeline;
    const stored = () => 'stored' as const;
    if (first === undefined || last === undefined || message.seq > last) {
      this.append([message], stored);
    } else if (message.seq >= first) this.#tail.timeline.add([message], stored);
    if (this.#past?.timeline.find(message.seq) !== undefined) {
      this.#past.timeline.add([message], stored);
    }
  }

  gap(seq: number): void {
    this.#tail.timeline.gap(seq);
  }

  reset(messages: readonly Message[]): void {
    this.begin([]);
    this.#tail.timeline.reset();
    this.#tail.older = messages.length > 0;
    this.append(messages);
  }

  remove(seq: number): void {
    this.#tail.timeline.remove(seq);
    this.#past?.timeline.remove(seq);
  }

  /** The message of that number, if it is here. */
  find(seq: number): Message | undefined {
    return this.#piece.timeline.find(seq) ?? this.#tail.timeline.find(seq);
  }

  async older(): Promise<void> {
    const piece = this.#piece;
    const { first } = piece.timeline;
    if (first === undefined || !piece.older || piece.loadingOlder) return;
    const { topCuts } = piece;
    piece.loadingOlder = true;
    this.#options.changed();
    const page = await this.#options.ask({ before: first });
    piece.loadingOlder = false;
    if (page !== undefined && piece.topCuts === topCuts) {
      piece.timeline.add(page.messages, this.#options.mark);
      piece.older = page.more && page.messages.length > 0;
      if (piece === this.#past) piece.cutBottom(this.#bounds.most);
      else if (this.#past === undefined) this.#fit('oldest');
      else piece.cutTop(this.#bounds.tail);
    } else if (this.#past === undefined) this.#fit('newest');
    this.#options.changed();
  }

  async newer(): Promise<void> {
    const past = this.#past;
    if (past === undefined || past.loadingNewer) return;
    const { last } = past.timeline;
    if (last === undefined) {
      this.latest();
      return;
    }
    const { bottomCuts } = past;
    const { topCuts } = this.#tail;
    past.loadingNewer = true;
    this.#options.changed();
    const page = await this.#options.ask({ after: last });
    past.loadingNewer = false;
    if (page !== undefined && past === this.#past && past.bottomCuts === bottomCuts) {
      past.timeline.add(page.messages, this.#options.mark);
      if (this.#meets(past, page, topCuts)) this.#join(past, 'newest');
      else past.cutTop(this.#bounds.most);
    }
    this.#options.changed();
  }

  latest(): void {
    if (this.#past === undefined) return;
    this.#move(undefined);
    this.#options.changed();
  }

  async show(seq: number): Promise<boolean> {
    if (this.#piece.spans(seq)) return true;
    if (this.#tail.spans(seq)) {
      this.latest();
      return true;
    }
    this.#turn += 1;
    const turn = this.#turn;
    const { topCuts } = this.#tail;
    const [from, before] = await Promise.all([
      this.#options.ask({ after: seq - 1 }),
      this.#options.ask({ before: seq }),
    ]);
    if (turn !== this.#turn || from === undefined || before === undefined) return false;
    if (from.messages.length === 0) return false;
    const past = new Piece([], before.more && before.messages.length > 0);
    past.timeline.add([...before.messages, ...from.messages], this.#options.mark);
    if (this.#meets(past, from, topCuts)) this.#join(past, 'oldest');
    else this.#move(past);
    this.#options.changed();
    return true;
  }

  get #piece(): Piece {
    return this.#past ?? this.#tail;
  }

  #move(past: Piece | undefined): void {
    this.#turn += 1;
    this.#past = past;
  }

  /**
   * Whether a past, to which that page was added behind, has reached the tail. If the page was the
   * last there is, what the tail has beyond it was said since, and none of it is missing unless
   * the tail has lost something in front meanwhile.
   */
  #meets(past: Piece, page: Page, topCuts: number): boolean {
    const { first } = this.#tail.timeline;
    if (first !== undefined && (past.timeline.last ?? 0) >= first) return true;
    return !page.more && this.#tail.topCuts === topCuts;
  }

  /** Past and tail are one from now on. What is too much leaves at the side away from the reader. */
  #join(past: Piece, reader: 'oldest' | 'newest'): void {
    past.timeline.merge(this.#tail.timeline);
    past.loadingNewer = false;
    this.#move(undefined);
    this.#tail = past;
    this.#fit(reader);
  }

  /** Holds the tail in view to what is shown at most. */
  #fit(reader: 'oldest' | 'newest'): void {
    const tail = this.#tail;
    if (tail.timeline.entries.length <= this.#bounds.most) return;
    if (reader === 'oldest') {
      const rest = new Piece(tail.timeline.entries, true);
      rest.cutTop(this.#bounds.tail);
      this.#tail = rest;
      this.#move(tail);
      tail.cutBottom(this.#bounds.most);
    } else tail.cutTop(this.#bounds.most);
  }
}
