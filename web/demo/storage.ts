/** What the page keeps on the phone, as the demo prepares it: see `src/connection/shelf.ts`. */
const PREFIX = 'madang.';

export function keep(key: string, value: string): void {
  attempt(() => {
    window.localStorage.setItem(PREFIX + key, value);
  });
}

export function clear(): void {
  attempt(() => {
    for (const key of Object.keys(window.localStorage)) {
      if (key.startsWith(PREFIX)) window.localStorage.removeItem(key);
    }
  });
}

function attempt(act: () => void): void {
  try {
    act();
  } catch {
    // The page has to do without as well.
  }
}
