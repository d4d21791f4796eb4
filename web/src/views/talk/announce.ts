/**
 * What a screen reader is told: new lines as they come, once; history and own lines never. The log
 * is a live region only while what goes into it has just been said by somebody else, and while
 * nothing goes into it at all.
 */
import type { RefObject } from 'preact';
import { useEffect, useRef } from 'preact/hooks';

import type { ChannelView } from '../../connection/channel';

/** How long it takes until all that was put in silently has been passed over. */
const QUIET_MS = 1_000;

/** To be called before the lines are drawn. `live`: somebody else has just said something. */
export function useAnnounce(
  log: RefObject<HTMLElement | null>,
  { entries, drafts, phase }: ChannelView,
  live: boolean,
): void {
  const before = useRef<Partial<Pick<ChannelView, 'entries' | 'drafts' | 'phase'>>>({});
  const known = before.current;
  const isChange = known.entries !== entries || known.drafts !== drafts;
  before.current = { entries, drafts, phase };
  // Not if history goes in at once with it: after a return, or on top.
  const isAlone = known.phase === 'live' && !(first(entries) < first(known.entries));
  const value = live && isAlone ? 'polite' : 'off';
  // Now, not after drawing: the region has to be what it is when the line comes into it.
  if (isChange) log.current?.setAttribute('aria-live', value);
  useEffect(() => {
    log.current?.setAttribute('aria-live', value);
    if (value === 'polite' || phase !== 'live') return undefined;
    const later = setTimeout(() => log.current?.setAttribute('aria-live', 'polite'), QUIET_MS);
    return () => {
      clearTimeout(later);
    };
  }, [entries, drafts, phase]);
}

function first(entries: ChannelView['entries'] = []): number {
  return entries[0]?.seq ?? 0;
}
