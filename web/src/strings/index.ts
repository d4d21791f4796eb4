/** Picks the language once, by the browser's preference, and fills in the strings. */
import type { Refusal } from '../connection/wire';
import { en, type Dictionary, type Key } from './en';
import { ko } from './ko';

export type { Key } from './en';

export interface Strings {
  /** For `lang` and for `Intl`. */
  readonly language: string;
  readonly say: (key: Key, values?: Readonly<Record<string, string | number>>) => string;
  /** A string that has a form for one, with the number as `{n}`. */
  readonly count: (key: 'people' | 'offline_waiting', n: number) => string;
  /** A refusal in the reader's words; one of an unknown kind in the gateway's own. */
  readonly why: (refusal: Refusal) => string;
}

export function strings(preferred: readonly string[]): Strings {
  const [language, words] = choose(preferred);
  const say: Strings['say'] = (key, values = {}) =>
    words[key].replace(/\{(\w+)\}/g, (hole, name: string) => String(values[name] ?? hole));
  return {
    language,
    say,
    count: (key, n) => say(n === 1 ? `${key}_one` : key, { n }),
    why: ({ code, message }) => {
      const key = `error_${code}`;
      return isKey(key) ? words[key] : message;
    },
  };
}

function choose(preferred: readonly string[]): [string, Dictionary] {
  for (const tag of preferred) {
    if (/^ko\b/i.test(tag)) return [tag, ko];
    if (/^en\b/i.test(tag)) return [tag, en];
  }
  return ['en', en];
}

function isKey(key: string): key is Key {
  return key in en;
}
