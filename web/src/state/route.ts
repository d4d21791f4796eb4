/**
 * Where the person is: `#/room/NAME`, or the list of rooms. In the address, so that the phone's
 * back button and a link lead where they should.
 */
import { signal, type ReadonlySignal } from '@preact/signals';

import { tidyName } from './text';

const PATTERN = /^#\/room\/(.+)$/;

export interface Route {
  /** The open room, if one is. */
  readonly room: ReadonlySignal<string | undefined>;
  readonly go: (room: string | undefined) => void;
}

export function route(page: Window): Route {
  const room = signal(parse(page.location.hash));
  page.addEventListener('hashchange', () => {
    room.value = parse(page.location.hash);
  });
  return {
    room,
    go: (next) => {
      page.location.hash = next === undefined ? '#/' : `#/room/${encodeURIComponent(next)}`;
    },
  };
}

export function parse(hash: string): string | undefined {
  const encoded = PATTERN.exec(hash)?.[1];
  if (encoded === undefined) return undefined;
  try {
    // One room by one name, however the link was typed.
    const name = tidyName(decodeURIComponent(encoded));
    return name === '' ? undefined : name;
  } catch {
    return undefined;
  }
}
