/** Completion of a name that is being typed after an `@`. */
import { fold } from './mention';

/** What is being typed: where its `@` stands, and what follows it up to the caret. */
export interface Begun {
  readonly start: number;
  readonly typed: string;
}

/** As many as fit between a phone's keyboard and the top of the page. */
const MOST = 5;
const BEGUN = /(?:^|[^\p{L}\p{N}_@])@([^\s@]{0,32})$/u;
/** No name is longer than this, with its `@` and what stands before it. */
const LOOK_BACK = 36;

export function begun(text: string, caret: number): Begun | undefined {
  const typed = BEGUN.exec(text.slice(Math.max(0, caret - LOOK_BACK), caret))?.[1];
  return typed === undefined ? undefined : { start: caret - typed.length - 1, typed };
}

/** Names that go on as typed, those that begin so first. */
export function candidates(typed: string, names: readonly string[]): readonly string[] {
  const wanted = fold(typed);
  const within = (name: string) => {
    const folded = fold(name);
    if (folded.startsWith(wanted)) return 0;
    return folded.includes(` ${wanted}`) ? 1 : 2;
  };
  return [...new Set(names)]
    .map((name) => ({ name, rank: within(name) }))
    .filter(({ rank }) => rank < 2)
    .sort((one, other) => one.rank - other.rank || one.name.localeCompare(other.name))
    .slice(0, MOST)
    .map(({ name }) => name);
}
