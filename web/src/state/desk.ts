/** What lies on the desk in each room while one is in another: the text begun, the message to answer. */
import { signal, type Signal } from '@preact/signals';

import type { Message } from '../connection/wire';

export interface Desk {
  /** What is typed and not sent. */
  text: string;
  /** The message that the next one answers. */
  readonly answering: Signal<Message | undefined>;
}

const desks = new Map<string, Desk>();

export function desk(room: string): Desk {
  let found = desks.get(room);
  if (found === undefined) {
    found = { text: '', answering: signal(undefined) };
    desks.set(room, found);
  }
  return found;
}

/** Whether something is typed and not sent, in whatever room. */
export function isAnythingBegun(): boolean {
  return [...desks.values()].some(({ text }) => text !== '');
}

/** Another person may come to it. */
export function clearDesks(): void {
  desks.clear();
}
