/**
 * Who is meant by the `@` in a text: `@` and a known name, of several the longest. Upper and lower
 * case and the two spellings of Unicode (composed or not) are the same; behind a name may stand
 * what Korean puts there (`@철수야`, `@철수님은`), but no other letter and no digit.
 */

/** Where in the text a name stands, with its `@`. */
export interface Mention {
  readonly start: number;
  readonly end: number;
  /** As it was given. */
  readonly name: string;
}

/** All mentions of these names, in the order of the text. */
export function mentions(text: string, names: readonly string[]): Mention[] {
  const found: Mention[] = [];
  let start = text.indexOf('@');
  if (start < 0) return found;
  const known = names
    .map((name) => ({ name, folded: fold(name) }))
    .filter(({ folded }) => folded !== '')
    .sort((one, other) => other.folded.length - one.folded.length);
  const most = (known[0]?.folded.length ?? 0) * LONGEST_SPELLING;
  for (let looks = 0; start >= 0 && looks < MOST; looks += 1) {
    let next = start + 1;
    if (!GLUED.test(text.slice(Math.max(0, start - 2), start))) {
      const ahead = fold(text.slice(start + 1, start + 1 + most));
      for (const { name, folded } of known) {
        if (!ahead.startsWith(folded)) continue;
        const end = reach(text, start + 1, folded);
        if (end === undefined || !TAIL.test(text.slice(end, end + LONGEST_TAIL).normalize('NFC'))) {
          continue;
        }
        found.push({ start, end, name });
        next = end;
        break;
      }
    }
    start = text.indexOf('@', next);
  }
  return found;
}

/** Whether a text mentions this person, among others who are known. */
export function mentionsMe(text: string, me: string, others: readonly string[]): boolean {
  if (!text.includes('@')) return false;
  const own = fold(me);
  return mentions(text, [me, ...others]).some(({ name }) => fold(name) === own);
}

/** One spelling for names that are the same to people. */
export function fold(name: string): string {
  return name.normalize('NFC').toLowerCase().normalize('NFC');
}

/** Where in the text a folded name that begins at `from` ends. */
function reach(text: string, from: number, folded: string): number | undefined {
  const most = Math.min(text.length, from + folded.length * LONGEST_SPELLING);
  for (let end = from + 1; end <= most; end += 1) {
    // Up to the last mark of the last character.
    if (MARK.test(text.slice(end, end + 2))) continue;
    if (fold(text.slice(from, end)) === folded) return end;
  }
  return undefined;
}

/** An `@` beyond that many calls nobody: a text of nothing else must not hold up a phone. */
const MOST = 200;
/** Units that a character may take where the folded name has one. */
const LONGEST_SPELLING = 4;
const LONGEST_TAIL = 16;

/** In front of the `@`: an address of mail, not a mention. Korean puts no blank there. */
const GLUED = /(?:(?!\p{Script=Hangul})[\p{L}\p{N}]|[_+-])$/u;

/** A mark, or the vowel or last consonant of a syllable written in parts. */
const MARK = /^[\p{M}\u1160-\u11ff]/u;

/** Any of them in a row: 이 + 랑, 께 + 서, 님 + 은. */
const PARTICLE =
  '님|씨|군|양|형|누나|언니|오빠|쌤|샘|선생|선배|들|네|이|가|은|는|을|를|의|에|게|서|께|한테|와|과|랑|' +
  '하고|도|만|아|야|여|까지|부터|보다|처럼|같이|마다|조차|로|으로|라고|나|요|고|인데|입니다|다|예요';

const TAIL = new RegExp(`^(?:${PARTICLE})*(?![^\\P{L}ㄱ-ㆎ]|[\\p{N}_])`, 'u');
