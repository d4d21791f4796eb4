/**
 * Times for people: which can be true, on which of the reader's days they are, and how a list writes
 * them.
 */
export const DAY_MS = 86_400_000;
export const MINUTE_MS = 60_000;
/** 2025-01-01: no madang existed before; an earlier time comes from a board without a clock. */
export const EARLIEST = 1_735_689_600_000;

/** A time in as few letters as a list has room for; empty if it cannot be true. */
export type Brief = (at: number, now: number) => string;

const briefs = new Map<string, Brief>();

/** The day of a moment, counted from 1970-01-01 in the reader's zone. */
export function dayOf(at: number, offset = minutesEast): number {
  return Math.floor((at + offset(at) * MINUTE_MS) / DAY_MS);
}

export function minutesEast(at: number): number {
  return -new Date(at).getTimezoneOffset();
}

/** The time if it was today, else the day. Formats are made once: that costs a hundred uses. */
export function brief(language: string): Brief {
  const known = briefs.get(language);
  if (known !== undefined) return known;
  const time = new Intl.DateTimeFormat(language, { hour: 'numeric', minute: '2-digit' });
  const day = new Intl.DateTimeFormat(language, { month: 'short', day: 'numeric' });
  const made: Brief = (at, now) =>
    at >= EARLIEST ? (dayOf(at) === dayOf(now) ? time : day).format(at) : '';
  briefs.set(language, made);
  return made;
}
