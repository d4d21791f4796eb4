/**
 * A syllable that is being composed (Korean, Japanese, …, and every word on most phones) belongs to
 * the input method. What wants to change the field ends the composition first; else its last
 * syllable would be lost, or come again into the emptied field.
 */
import type { RefObject } from 'preact';
import { useEffect, useRef } from 'preact/hooks';

/** How long the end of a composition may take to be told. */
const PATIENCE_MS = 100;

/** Does something with the field when nothing is being composed in it, at once if possible. */
export type Settled = (act: () => void) => void;

export function useComposition(area: RefObject<HTMLTextAreaElement | null>): Settled {
  const composing = useRef(false);
  const waiting = useRef<() => void>(undefined);
  useEffect(() => {
    const field = area.current;
    if (field === null) return undefined;
    const proceed = () => {
      composing.current = false;
      const act = waiting.current;
      waiting.current = undefined;
      act?.();
    };
    const start = () => {
      composing.current = true;
    };
    const end = () => {
      composing.current = false;
      // Some browsers put the text in only after this event.
      if (waiting.current !== undefined) setTimeout(proceed);
    };
    field.addEventListener('compositionstart', start);
    field.addEventListener('compositionend', end);
    return () => {
      field.removeEventListener('compositionstart', start);
      field.removeEventListener('compositionend', end);
    };
  }, []);
  return (act) => {
    const field = area.current;
    if (field === null || !composing.current) {
      act();
      return;
    }
    const before = waiting.current;
    waiting.current = act;
    if (before !== undefined) return;
    // Within one task, so that a phone's keyboard stays.
    field.blur();
    field.focus();
    setTimeout(() => {
      const late = waiting.current;
      waiting.current = undefined;
      composing.current = false;
      late?.();
    }, PATIENCE_MS);
  };
}
