/**
 * Keeps a scrolled box at its end while it grows or the keyboard takes its room, unless the reader
 * has scrolled up.
 *
 * A box that shrinks also moves `scrollTop`; so it is let go only when `scrollTop` fell while the
 * height stayed the same.
 */
import type { RefObject } from 'preact';
import { useLayoutEffect } from 'preact/hooks';

/** How near to the end counts as the end: a line, for those who stop a little short. */
const NEAR_PX = 32;

export function useStick(
  box: RefObject<HTMLElement | null>,
  list: RefObject<HTMLElement | null>,
): void {
  useLayoutEffect(() => {
    const outer = box.current;
    const inner = list.current;
    if (outer === null || inner === null) return undefined;
    let stuck = true;
    let top = outer.scrollTop;
    let height = outer.clientHeight;
    const scrolled = () => {
      const atEnd = outer.scrollHeight - outer.scrollTop - outer.clientHeight <= NEAR_PX;
      if (atEnd) stuck = true;
      else if (outer.scrollTop < top && outer.clientHeight === height) stuck = false;
      top = outer.scrollTop;
      height = outer.clientHeight;
    };
    const resized = new ResizeObserver(() => {
      if (stuck) outer.scrollTop = outer.scrollHeight;
    });
    outer.addEventListener('scroll', scrolled, { passive: true });
    resized.observe(outer);
    resized.observe(inner);
    return () => {
      outer.removeEventListener('scroll', scrolled);
      resized.disconnect();
    };
  }, [box, list]);
}
