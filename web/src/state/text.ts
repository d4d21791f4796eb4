/** What a person typed, made ready for the wire; and what came from the wire, made plain text. */
import type { Message } from '../connection/wire';

/** One spelling (NFC), `\n` as the only line end, nothing blank at either end. */
export function tidy(text: string): string {
  return text
    .normalize('NFC')
    .replace(/\r\n?|\u2028|\u2029/g, '\n')
    .replace(/^(?:[^\S\n]*\n)+|\s+$/g, '');
}

/** A name of a person or a room: one line, single spaces. */
export function tidyName(name: string): string {
  return name.normalize('NFC').replace(/\s+/g, ' ').trim();
}

/** Characters as the gateway counts them: code points, not UTF-16 units. */
export function length(text: string): number {
  let count = 0;
  for (const point of text) if (point !== '') count += 1;
  return count;
}

/** How many characters of what was typed are too many; counted only where it may be any. */
export function excess(typed: string, most: number): number {
  return typed.length <= most ? 0 : Math.max(0, length(tidy(typed)) - most);
}

/** The plain text of a message: what was said, else a program's data as JSON. */
export function plain(message: Pick<Message, 'text' | 'data'>): string {
  if (message.text !== undefined) return message.text;
  return message.data === undefined ? '' : JSON.stringify(message.data);
}
