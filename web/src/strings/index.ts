/** Picks the language once, by the browser's preference, and fills in the strings. */
import type { Refusal } from '../connection/wire';
import { en, type Dictionary, type Key } from './en';
import { ko } from './ko';

export type { Key } from './en';

export type Values = Readonly<Record<string, string | number>>;
/** The keys that have a form for one. */
type Counted = { [K in Key]: `${K}_one` extends Key ? K : never }[Key];

export interface Strings {
  /** For `lang` and for `Intl`. */
  readonly language: string;
  readonly say: (key: Key, values?: Values) => string;
  /** A string that has a form for one, with the number as `{n}`. */
  readonly count: (key: Counted, n: number, values?: Values) => string;
  /** A refusal in the reader's words; one of an unknown kind in the gateway's own. */
  readonly why: (refusal: Refusal) => string;
}

export function strings(preferred: readonly string[]): Strings {
  const [language, words] = choose(preferred);
  const say: Strings['say'] = (key, values) => fill(words[key], values);
  return {
    language,
    say,
    count: (key, n, values) => say(n === 1 ? `${key}_one` : key, { ...values, n }),
    why: ({ code, message }) => {
      const key = `error_${code}`;
      return isKey(key) ? words[key] : message;
    },
  };
}

/** Puts the values into the holes; a hole without a value stays. */
export function fill(words: string, values: Values = {}): string {
  return words.replace(/\{(\w+)\}/g, (hole, name: string) => String(values[name] ?? hole));
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
