/** When something was, in as few letters as a list has room for: the time, or the day. */
import type { Clock } from './time';

/** 2025-01-01: an earlier time comes from a board whose clock was never set. */
const EARLIEST = 1_735_689_600_000;
const clocks = new Map<string, Clock>();

export function brief(language: string, now: () => number = Date.now): Clock {
  const known = clocks.get(language);
  if (known !== undefined) return known;
  const time = new Intl.DateTimeFormat(language, { hour: 'numeric', minute: '2-digit' });
  const day = new Intl.DateTimeFormat(language, { month: 'short', day: 'numeric' });
  const clock: Clock = (at) => {
    if (!(at >= EARLIEST)) return '';
    return (new Date(at).toDateString() === new Date(now()).toDateString() ? time : day).format(at);
  };
  clocks.set(language, clock);
  return clock;
}
