/**
 * Where the reader is in the log. The box is a reversed column, so `scrollTop` is 0 at the end and
 * negative above: the end stays in view by itself, and what is put on top moves nothing. What comes
 * in below a reader who has scrolled up would move the text; that is made good here, by a line
 * whose distance from the end is known from before.
 */
import { BACK, isLine, newest, next, ON } from './lines';

/** How near to the end counts as the end: a line, for those who stop a little short. */
const NEAR_PX = 32;
/** This many screens before an edge more is fetched. */
const AHEAD = 1.5;

export interface Place {
  readonly atEnd: boolean;
  readonly nearTop: boolean;
  readonly nearEnd: boolean;
  /** The last message in view, where that is not the newest. */
  readonly last: HTMLElement | undefined;
}

export class Scroll {
  readonly #box: HTMLElement;
  readonly #list: HTMLElement;
  #stuck = true;
  /** A line, and how far its top is above the end of the list, which no scrolling changes. */
  #anchor: { readonly line: Element; readonly above: number } | undefined;

  #owed = 0;
  /** At the very end, as far as is known. */
  #exact = true;

  constructor(box: HTMLElement, list: HTMLElement) {
    this.#box = box;
    this.#list = list;
  }

  /** The reader is at the end and goes with it. */
  get stuck(): boolean {
    return this.#stuck;
  }

  /** Looks where the reader is. */
  look(): Place {
    const { scrollTop, scrollHeight, clientHeight } = this.#box;
    this.#stuck = scrollTop >= -NEAR_PX;
    this.#exact = scrollTop === 0;
    return {
      atEnd: this.#stuck,
      nearTop: clientHeight > 0 && scrollHeight + scrollTop < (1 + AHEAD) * clientHeight,
      nearEnd: -scrollTop < AHEAD * clientHeight,
      last: this.#search(),
    };
  }

  /** Something in the list has changed: the reader stays where they were. */
  settle(): void {
    if (this.#stuck) {
      // Where the browser holds on to the end by itself, nothing is measured.
      if (!this.#exact) this.#box.scrollTop = 0;
      this.#exact = true;
      return;
    }
    if (this.#anchor?.line.isConnected !== true) return;
    const { line, above } = this.#anchor;
    const now = this.#above(line);
    if (Math.abs(now - above) < 0.5) return;
    this.#anchor = { line, above: now };
    // `scrollTop` may only take whole pixels: what it did not take is made good the next time.
    const wanted = this.#box.scrollTop - (now - above) - this.#owed;
    this.#box.scrollTop = wanted;
    this.#owed = this.#box.scrollTop - wanted;
  }

  /** The top of this line stays where it is while something in it grows, even at the end. */
  hold(line: Element): void {
    this.#stuck = false;
    this.#anchor = { line, above: this.#above(line) };
  }

  toEnd(): void {
    this.#stuck = true;
    this.#box.scrollTop = 0;
  }

  /** Brings a line into the middle, or its top to the top. */
  reveal(line: Element, block: ScrollLogicalPosition): void {
    this.#stuck = false;
    line.scrollIntoView({ block });
    this.look();
  }

  /** Finds the lines at the edges of the box: the first one is held on to, the last one returned. */
  #search(): HTMLElement | undefined {
    if (this.#stuck) return undefined;
    const { top, bottom } = this.#box.getBoundingClientRect();
    const reached = this.#reaching(top);
    // Not a day, which may change its place when older messages come in above.
    const line = reached === undefined || isLine(reached) ? reached : next(reached, ON);
    this.#anchor = line === undefined ? undefined : { line, above: this.#above(line) };
    const beyond = this.#reaching(bottom + 1);
    return beyond === undefined ? newest(this.#list) : next(beyond, BACK);
  }

  /** The first line, or what stands between lines, that goes on below this height. */
  #reaching(height: number): Element | undefined {
    const reaches = (one: Element) => one.getBoundingClientRect().bottom > height;
    // By blocks first: those out of sight are not laid out for it.
    let block = find(this.#list.children, reaches);
    // Not the edge above all of them: older messages come in below it.
    if (block?.childElementCount === 0) block = block.nextElementSibling ?? undefined;
    // Blocks overlap a little: a line of the next one may reach where none of this one does.
    const following = block?.nextElementSibling?.firstElementChild ?? undefined;
    return find(block?.children, reaches) ?? following;
  }

  #above(line: Element): number {
    return this.#list.getBoundingClientRect().bottom - line.getBoundingClientRect().top;
  }
}

/** The first child for which it is so; they stand in order. */
function find(
  children: HTMLCollection | undefined,
  isSo: (child: Element) => boolean,
): Element | undefined {
  if (children === undefined) return undefined;
  let low = 0;
  let high = children.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    const child = children[middle];
    if (child === undefined || isSo(child)) high = middle;
    else low = middle + 1;
  }
  return children[low];
}
