/** Days of the reader's calendar, as numbers since 1970-01-01, and the first message of one. */
import type { Entry } from '../connection/timeline';
import { DAY_MS, dayOf } from './time';

/** A day as the calendar writes it, `2026-03-01`. */
export function dateOf(day: number): string {
  return new Date(day * DAY_MS).toISOString().slice(0, 10);
}

/** Formats days; a day has no zone any more. */
export function dayFormat(language: string, options: Intl.DateTimeFormatOptions) {
  const format = new Intl.DateTimeFormat(language, { ...options, timeZone: 'UTC' });
  return (day: number) => format.format(day * DAY_MS);
}

/**
 * The number of the first of these messages that was said on that day or later. The gateway counts
 * in one offset for all the year, so its own first may be an hour off.
 */
export function firstOf(day: number, entries: readonly Entry[]): number | undefined {
  return entries.find((entry) => entry.kind === 'message' && dayOf(entry.message.at) >= day)?.seq;
}
