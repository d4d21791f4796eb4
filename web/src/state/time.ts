/**
 * Times for people. The gateway's clock may never have been set, so an impossible time is not
 * shown at all.
 */
export type Clock = (at: number) => string;

/** 2025-01-01: no madang existed before; an earlier time comes from a board without a clock. */
const EARLIEST = 1_735_689_600_000;

/** Formats are made once: making one costs more than a hundred uses. */
export function clock(language: string, now: () => number = Date.now, timeZone?: string): Clock {
  const zone = timeZone === undefined ? {} : { timeZone };
  const time = new Intl.DateTimeFormat(language, { hour: 'numeric', minute: '2-digit', ...zone });
  const dayAndTime = new Intl.DateTimeFormat(language, {
    month: 'short',
    day: 'numeric',
    hour: 'numeric',
    minute: '2-digit',
    ...zone,
  });
  const day = new Intl.DateTimeFormat('en-CA', { dateStyle: 'short', ...zone });
  return (at) => {
    if (!(at >= EARLIEST)) return '';
    return (day.format(at) === day.format(now()) ? time : dayAndTime).format(at);
  };
}
