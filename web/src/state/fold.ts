/** The beginning of a long message; the rest is shown when it is asked for. */
import type { Piece } from './rich';

export const LINES = 15;
export const CHARS = 1_200;
/** Less than this is not worth a button. */
const SLACK = 1.25;

/** What to show of a message at first; `undefined` when that is all of it. */
export function fold(pieces: readonly Piece[]): readonly Piece[] | undefined {
  const [lines, chars] = size(pieces);
  if (lines <= LINES * SLACK && chars <= CHARS * SLACK) return undefined;
  const shown: Piece[] = [];
  let [linesLeft, charsLeft] = [LINES, CHARS];
  for (const piece of pieces) {
    const end = reach(piece.text, linesLeft, charsLeft);
    if (end < piece.text.length) {
      // A link or a name is shown whole or not at all.
      const isText = piece.kind !== 'link' && piece.kind !== 'mention';
      if (isText && end > 0) shown.push({ ...piece, text: piece.text.slice(0, end) });
      break;
    }
    shown.push(piece);
    linesLeft -= count(piece.text);
    charsLeft -= end;
  }
  return shown;
}

/** Lines and characters (as units, which is near enough). */
export function size(pieces: readonly Piece[]): [lines: number, chars: number] {
  let [lines, chars] = [1, 0];
  for (const { text } of pieces) {
    lines += count(text);
    chars += text.length;
  }
  return [lines, chars];
}

/** How far into a text that many lines and characters lead, without tearing a character. */
function reach(text: string, lines: number, chars: number): number {
  let end = Math.min(text.length, chars);
  let line = -1;
  for (let left = lines; left > 0; left -= 1) {
    line = text.indexOf('\n', line + 1);
    if (line < 0) break;
  }
  if (line >= 0 && line < end) return line;
  while (end > 0 && isTorn(text, end)) end -= 1;
  return end;
}

function isTorn(text: string, at: number): boolean {
  return (
    at < text.length && (BEGUN.test(text.charAt(at - 1)) || GOES_ON.test(text.slice(at, at + 2)))
  );
}

const BEGUN = /[\ud800-\udbff\u200d]/;
const GOES_ON = /^(?:[\p{M}\u200d\ufe0f]|\p{Emoji_Modifier})/u;

function count(text: string): number {
  let lines = 0;
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) lines += 1;
  return lines;
}
