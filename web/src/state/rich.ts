/**
 * The text of a message in pieces: links, mentions, code. Pieces are drawn as elements and text
 * nodes; nothing here makes or reads markup. Every step takes time in proportion to the text.
 */
import { mentions } from './mention';

export type Piece =
  | { readonly kind: 'text' | 'code' | 'block'; readonly text: string }
  | { readonly kind: 'link'; readonly text: string; readonly href: string }
  | { readonly kind: 'mention'; readonly text: string; readonly name: string };

/** `names`: those who may be mentioned. */
export function rich(text: string, names: readonly string[] = []): readonly Piece[] {
  const pieces: Piece[] = [];
  cut(text, CODE, pieces, (part) => {
    const [, block, inline] = part;
    if (block !== undefined) return { kind: 'block', text: block };
    return { kind: 'code', text: inline ?? '' };
  });
  return pieces
    .flatMap((piece) => (piece.kind === 'text' ? links(piece.text) : [piece]))
    .flatMap((piece) => (piece.kind === 'text' ? called(piece.text, names) : [piece]));
}

/** Whether a text is one to three emoji and nothing else. */
export function isEmoji(text: string): boolean {
  return text.length <= LONGEST_EMOJI && EMOJI.test(text);
}

/** Three backticks around lines, or one on either side within a line. */
const CODE = /```(?:[\w+#-]*\n)?([^]*?)\n?```|`([^`\n]+)`/g;

/** No address goes beyond a blank, a quote, a bidi control or the punctuation of CJK. */
const ADDRESS =
  /https?:\/\/[^\s<>"'`\u200b-\u200f\u202a-\u202e\u2066-\u2069、。，；：！？「」『』《》〈〉【】（）“”‘’…]+/gi;

/** Punctuation that belongs to the sentence when it ends an address. */
const SENTENCE = '.,;:!?*_~|';

/** What Korean and Japanese put directly behind a word: `https://example.com에서`. */
const PARTICLE = /([^]?)([\p{Script=Hangul}\p{Script=Hiragana}]+)$/u;
const LONGEST_PARTICLE = 8;
const JOINS = /[\p{Script=Hangul}\p{Script=Hiragana}\p{Script=Han}\p{Script=Katakana}/=?#&%+._~-]/u;
const AFTER_SLASH =
  /^(?:은|는|이|가|을|를|에|에서|에는|에도|에게|의|와|과|도|로|으로|만|까지|부터|처럼|보다|라고|이라고|입니다|이에요|예요|の|は|が|を|に|で|へ|と|も)$/;

const PERSON = '\\p{Extended_Pictographic}(?:\\uFE0F|\\p{Emoji_Modifier})?';
const FLAG = '\\p{Regional_Indicator}{2}|[0-9#*]\\uFE0F?\\u20E3';
const EMOJI = new RegExp(
  `^(?:(?:${PERSON}(?:[\\u{E0020}-\\u{E007F}]+|(?:\\u200D${PERSON})*)|${FLAG})\\s*){1,3}$`,
  'u',
);
const LONGEST_EMOJI = 120;

function links(text: string): Piece[] {
  const pieces: Piece[] = [];
  cut(text, ADDRESS, pieces, ([found]) => {
    const address = trim(found);
    const href = locate(address);
    return href === undefined ? undefined : { kind: 'link', text: address, href };
  });
  return pieces;
}

/** Takes off what belongs to the sentence around an address. */
function trim(found: string): string {
  let address = found;
  for (let round = 0; round < 8; round += 1) {
    const before = address;
    let end = address.length;
    while (SENTENCE.includes(address[end - 1] ?? ' ')) end -= 1;
    address = address.slice(0, end);
    for (const brackets of ['()', '[]', '{}']) address = closed(address, brackets);
    const [, last, particle = ''] = PARTICLE.exec(address.slice(-LONGEST_PARTICLE)) ?? [];
    const isParticle = last === '/' ? AFTER_SLASH.test(particle) : !JOINS.test(last ?? '/');
    if (isParticle) address = address.slice(0, address.length - particle.length);
    if (address === before) break;
  }
  return address;
}

/** Without the closing brackets at its end that were not opened within it. */
function closed(address: string, brackets: string): string {
  if (!brackets.endsWith(address[address.length - 1] ?? ' ')) return address;
  let surplus = 0;
  for (const char of address)
    surplus += !brackets.includes(char) ? 0 : char === brackets[1] ? 1 : -1;
  let end = address.length;
  for (; surplus > 0 && address[end - 1] === brackets[1]; surplus -= 1) end -= 1;
  return address.slice(0, end);
}

/** Where an address leads, if that can be said plainly. */
function locate(address: string): string | undefined {
  try {
    const { protocol, username, password, href } = new URL(address);
    // `https://bank.example@elsewhere.example` leads elsewhere than it says.
    if (username !== '' || password !== '') return undefined;
    return protocol === 'https:' || protocol === 'http:' ? href : undefined;
  } catch {
    return undefined;
  }
}

function called(text: string, names: readonly string[]): Piece[] {
  const pieces: Piece[] = [];
  let end = 0;
  for (const mention of mentions(text, names)) {
    push(pieces, text.slice(end, mention.start));
    end = mention.end;
    pieces.push({ kind: 'mention', text: text.slice(mention.start, end), name: mention.name });
  }
  push(pieces, text.slice(end));
  return pieces;
}

/** Cuts what matches out of a text; what makes no piece stays text. */
function cut(
  text: string,
  pattern: RegExp,
  pieces: Piece[],
  make: (match: RegExpExecArray) => Piece | undefined,
): void {
  let end = 0;
  let match: RegExpExecArray | null;
  pattern.lastIndex = 0;
  while ((match = pattern.exec(text)) !== null) {
    const piece = make(match);
    if (piece === undefined) continue;
    push(pieces, text.slice(end, match.index));
    // Of an address less is taken than was found.
    end = piece.kind === 'link' ? match.index + piece.text.length : pattern.lastIndex;
    pattern.lastIndex = end;
    pieces.push(piece);
  }
  push(pieces, text.slice(end));
}

function push(pieces: Piece[], text: string): void {
  if (text !== '') pieces.push({ kind: 'text', text });
}
