/**
 * Days and times as the reader's language and zone have them. A day is a number, counted from
 * 1970-01-01 in the reader's zone, so that comparing days costs nothing.
 */
import { dayFormat } from './localday';
import { DAY_MS, dayOf, EARLIEST, MINUTE_MS, minutesEast } from './time';

export interface Calendar {
  readonly day: (at: number) => number;
  /** What a day is called on the day `today`. */
  readonly name: (day: number, today: number) => string;
  readonly time: (at: number) => string;
  /** Day and time in full. */
  readonly full: (at: number) => string;
}

export interface Words {
  readonly today: string;
  readonly yesterday: string;
}

/** Formats are made once: making one costs more than a hundred uses. */
export function calendar(language: string, words: Words, offset = minutesEast): Calendar {
  const written = (options: Intl.DateTimeFormatOptions) =>
    new Intl.DateTimeFormat(language, { ...options, timeZone: 'UTC' });
  const local = (at: number) => at + offset(at) * MINUTE_MS;
  const time = written({ hour: 'numeric', minute: '2-digit' });
  const full = written({ dateStyle: 'full', timeStyle: 'short' });
  const near = dayFormat(language, { weekday: 'long', month: 'long', day: 'numeric' });
  const far = dayFormat(language, { dateStyle: 'long' });
  const year = (day: number) => new Date(day * DAY_MS).getUTCFullYear();
  return {
    day: (at) => dayOf(at, offset),
    name: (day, today) => {
      if (day === today) return words.today;
      if (day === today - 1) return words.yesterday;
      return (year(day) === year(today) ? near : far)(day);
    },
    time: (at) => time.format(local(at)),
    full: (at) => full.format(local(at)),
  };
}

/**
 * The time of a message, if it can be true: the gateway's clock may never have been set, or may
 * have been set back by years since.
 */
export function truly(
  { at, at_unsure }: { readonly at?: number; readonly at_unsure?: boolean },
  now: number,
): number | undefined {
  return at_unsure === true ? undefined : possibly(at, now);
}

/** The time, unless it cannot be. */
export function possibly(at: number | undefined, now: number): number | undefined {
  if (at === undefined) return undefined;
  return at >= EARLIEST && at <= Math.max(now, EARLIEST) + DAY_MS ? at : undefined;
}
