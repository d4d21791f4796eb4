/** The strings of what is loaded later, in the language of those that are there from the first. */
import { fill, type Values } from '..';
import { en, type LaterDictionary, type LaterKey } from './en';
import { ko } from './ko';

export type { LaterKey } from './en';

type Counted = { [K in LaterKey]: `${K}_one` extends LaterKey ? K : never }[LaterKey];

export interface LaterStrings {
  readonly language: string;
  readonly say: (key: LaterKey, values?: Values) => string;
  /** A string that has a form for one, with the number as `{n}`. */
  readonly count: (key: Counted, n: number) => string;
}

export function laterStrings(language: string): LaterStrings {
  const words: LaterDictionary = /^ko\b/i.test(language) ? ko : en;
  const number = new Intl.NumberFormat(language);
  return {
    language,
    say: (key, values) => fill(words[key], values),
    count: (key, n) => {
      const form: LaterKey = n === 1 ? `${key}_one` : key;
      return fill(words[form], { n: number.format(n) });
    },
  };
}
