/**
 * The log by keyboard: one stop of the Tab key for all messages, from which the arrows lead on. What
 * is within a message (links, buttons) can be reached by Tab only in the message of the moment.
 */
import { BACK, lines, newest, next, ON, type Way } from './lines';

const INNER = 'a, button';

export class Rove {
  readonly #box: HTMLElement;
  readonly #list: HTMLElement;
  #current: HTMLElement | undefined;
  /** The number of the message that has the focus. */
  #focused: number | undefined;

  constructor(box: HTMLElement, list: HTMLElement) {
    this.#box = box;
    this.#list = list;
    box.addEventListener('focusin', this.#focusIn);
    box.addEventListener('focusout', this.#focusOut);
    if (document.activeElement === box) this.#arrived();
  }

  end(): void {
    this.#box.removeEventListener('focusin', this.#focusIn);
    this.#box.removeEventListener('focusout', this.#focusOut);
  }

  /** The lines have changed: there is always one to come to, and the focus is not lost with one. */
  settle(): void {
    const held = this.#current?.isConnected === true;
    if (!held) this.#choose(newest(this.#list));
    const lost = document.activeElement === null || document.activeElement === document.body;
    if (held || !lost || this.#focused === undefined) return;
    const seq = this.#focused;
    const behind = lines(this.#list).find((line) => Number(line.dataset.seq ?? Infinity) >= seq);
    this.#focus(behind ?? newest(this.#list), false);
  }

  toNewest(): void {
    this.#focus(newest(this.#list), false);
  }

  /** Where a key leads from a line, if it leads anywhere. */
  key(key: string, from: HTMLElement): boolean {
    const to = this.#leads(key, from);
    if (to === undefined) return false;
    this.#focus(to);
    return true;
  }

  #focus(line: HTMLElement | undefined, scroll = true): void {
    if (line === undefined) return;
    this.#choose(line);
    line.focus({ preventScroll: !scroll });
  }

  /** The focus has come to the log as a whole: by the keyboard, it goes on to a message. */
  #arrived(): void {
    if (this.#box.matches(':focus-visible')) this.#focus(this.#current ?? newest(this.#list));
  }

  readonly #focusIn = ({ target }: FocusEvent): void => {
    if (target === this.#box) this.#arrived();
    const line = target instanceof Element ? target.closest<HTMLElement>('.line') : null;
    if (line === null) return;
    this.#choose(line);
    open(line, 0);
    this.#focused = Number(line.dataset.seq ?? Infinity);
  };

  readonly #focusOut = ({ target, relatedTarget }: FocusEvent): void => {
    // On the way back to the log one comes to the message, not to the last of its buttons.
    const line = this.#current;
    if (!(relatedTarget instanceof Node && line?.contains(relatedTarget))) open(line, -1);
    if (target instanceof Element && target.isConnected) this.#focused = undefined;
  };

  #leads(key: string, from: HTMLElement): HTMLElement | undefined {
    switch (key) {
      case 'ArrowUp':
        return next(from, BACK) ?? from;
      case 'ArrowDown':
        return next(from, ON) ?? from;
      case 'PageUp':
        return this.#far(from, BACK);
      case 'PageDown':
        return this.#far(from, ON);
      case 'Home':
        return lines(this.#list)[0];
      case 'End':
        return newest(this.#list);
      default:
        return undefined;
    }
  }

  /** The line about one screen away. */
  #far(from: HTMLElement, way: Way): HTMLElement {
    const { top } = from.getBoundingClientRect();
    let line = from;
    for (;;) {
      const further = next(line, way);
      if (further === undefined) return line;
      line = further;
      const gone = Math.abs(line.getBoundingClientRect().top - top);
      if (gone >= this.#box.clientHeight * 0.8) return line;
    }
  }

  #choose(line: HTMLElement | undefined): void {
    if (line === this.#current) return;
    if (this.#current !== undefined) this.#current.tabIndex = -1;
    open(this.#current, -1);
    this.#current = line;
    this.#box.tabIndex = line === undefined ? 0 : -1;
    if (line !== undefined) line.tabIndex = 0;
  }
}

/** Lets Tab into a line, or not. */
function open(line: HTMLElement | undefined, tabIndex: number): void {
  for (const inner of line?.querySelectorAll<HTMLElement>(INNER) ?? []) inner.tabIndex = tabIndex;
}
