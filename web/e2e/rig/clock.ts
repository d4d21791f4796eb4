/**
 * A gateway's clock that is not the machine's: libfaketime in front of the libc of the one process.
 * Only the date is moved; timers run as ever.
 */
import { existsSync } from 'node:fs';

export const DAY_MS = 24 * 3_600_000;

/** What `Gateway.start` is given, to be changed by `set` before each start. */
export class GatewayClock {
  readonly env: Record<string, string> = {};

  constructor(days = 0) {
    const library = LIBRARIES.find((path) => existsSync(path));
    if (library === undefined) throw new Error('libfaketime is missing: run scripts/setup.sh');
    this.env.LD_PRELOAD = library;
    this.env.FAKETIME_DONT_FAKE_MONOTONIC = '1';
    this.set(days);
  }

  /** So many days from today, in the past if negative. */
  set(days: number): void {
    this.env.FAKETIME = `${days < 0 ? '-' : '+'}${Math.abs(days)}d`;
  }
}

const LIBRARIES = ['x86_64', 'aarch64'].map(
  (machine) => `/usr/lib/${machine}-linux-gnu/faketime/libfaketimeMT.so.1`,
);
