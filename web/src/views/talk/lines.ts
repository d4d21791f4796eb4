/**
 * From one line of the log to another. They stand in blocks, and between them stand other things:
 * a new day, a remark.
 */
export type Way = 'previousElementSibling' | 'nextElementSibling';
export const BACK: Way = 'previousElementSibling';
export const ON: Way = 'nextElementSibling';

/** The next line that way, also in another block. */
export function next(from: Element, way: Way): HTMLElement | undefined {
  let block = from.parentElement;
  let one = from[way];
  for (;;) {
    while (one !== null && !isLine(one)) one = one[way];
    if (one !== null) return one;
    block = (block?.[way] ?? null) as HTMLElement | null;
    if (block === null) return undefined;
    one = way === BACK ? block.lastElementChild : block.firstElementChild;
  }
}

/** All lines; measures nothing. */
export function lines(list: Element): HTMLElement[] {
  return [...list.querySelectorAll<HTMLElement>('.line')];
}

export function newest(list: Element): HTMLElement | undefined {
  const last = list.lastElementChild?.lastElementChild;
  if (last == null) return undefined;
  return isLine(last) ? last : next(last, BACK);
}

export function isLine(element: Element): element is HTMLElement {
  return element.classList.contains('line');
}
