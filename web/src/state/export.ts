/**
 * A room's history as one HTML file that needs nothing else: for the archive, for a friend, for
 * the day after the board is gone. What people wrote goes in as escaped text, addresses of the
 * web become links, and the file carries a policy that forbids everything but its own style.
 */
import type { Message } from '../connection/wire';
import type { LaterStrings } from '../strings/later';
import { STYLE, STYLE_HASH } from './exportstyle';
import { dayFormat } from './localday';
import { dayOf, EARLIEST } from './time';
import { rich } from './rich';
import { plain } from './text';

export interface ExportOptions {
  readonly room: string;
  /** What the operator calls the gateway. */
  readonly title: string;
  readonly words: LaterStrings;
  /** The history, oldest first, page by page. */
  readonly pages: AsyncIterable<readonly Message[]>;
  readonly now: number;
  /** How many messages are in it so far. */
  readonly progress: (count: number) => void;
  /** Nobody waits for it any more. */
  readonly cancelled: () => boolean;
}

export interface Exported {
  readonly file: Blob;
  readonly count: number;
}

/** `undefined` when it was cancelled; throws where the history breaks off. */
export async function exportRoom(options: ExportOptions): Promise<Exported | undefined> {
  const { pages, progress, cancelled } = options;
  const writer = new Writer(options.words);
  const parts: Blob[] = [];
  for await (const messages of pages) {
    if (cancelled()) return undefined;
    // A browser may put a blob aside; a string it keeps in memory.
    parts.push(new Blob([messages.map((message) => writer.line(message)).join('')]));
    progress(writer.count);
  }
  if (cancelled()) return undefined;
  const file = new Blob([head(options, writer.count), ...parts, '</ol></main></body></html>\n'], {
    type: 'text/html;charset=utf-8',
  });
  return { file, count: writer.count };
}

/** A name that every system takes: letters, digits and dashes, not too many. */
export function fileName(room: string, now: number): string {
  const safe = room.normalize('NFC').replace(/[^\p{L}\p{N}]+/gu, '-');
  // By code points, so that none is cut in two.
  const short = safe.replace(LONG, '$1').replace(/^-+|-+$/g, '');
  const date = new Date(now).toISOString().slice(0, 10);
  return ['madang', short, date].filter((part) => part !== '').join('-') + '.html';
}

/** What is left of a long name: forty code points. */
const LONG = /^(.{40}).*/su;

function head({ room, title, words, now }: ExportOptions, count: number): string {
  const { say, language } = words;
  const policy = `default-src 'none'; style-src '${STYLE_HASH}'; base-uri 'none'; form-action 'none'`;
  const date = new Intl.DateTimeFormat(language, { dateStyle: 'full', timeStyle: 'short' });
  const saved = say('export_at', { date: date.format(now), title });
  return `<!doctype html>
<html lang="${escape(language)}" dir="ltr">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<title>${escape(say('export_of', { room }))}</title>
<style>${STYLE}</style>
</head>
<body>
<header><h1><bdi>${escape(room)}</bdi></h1><p><bdi>${escape(saved)}</bdi> · ${escape(words.count('export_count', count))}</p></header>
<main><ol>
`;
}

class Writer {
  count = 0;
  readonly #words: LaterStrings;
  readonly #day: (day: number) => string;
  readonly #time: Intl.DateTimeFormat;
  /** Who said what is in the file so far: an answer leads there. */
  readonly #names = new Map<number, string>();
  #today: number | undefined;

  constructor(words: LaterStrings) {
    this.#words = words;
    this.#day = dayFormat(words.language, { dateStyle: 'full' });
    this.#time = new Intl.DateTimeFormat(words.language, { hour: 'numeric', minute: '2-digit' });
  }

  line(message: Message): string {
    const { seq, from, at } = message;
    this.count += 1;
    const answer = this.#answer(message.reply_to);
    this.#names.set(seq, from.name);
    const dated = at >= EARLIEST && message.at_unsure !== true;
    return `${dated ? this.#heading(at) : ''}<li id="m${seq}"><p class="by"><bdi>${escape(from.name)}</bdi>${
      dated ? ` ${this.#moment(at)}` : ''
    }</p>${answer}<div class="text" dir="auto">${body(plain(message))}</div></li>\n`;
  }

  #heading(at: number): string {
    const day = dayOf(at);
    if (day === this.#today) return '';
    this.#today = day;
    return `</ol><h2>${escape(this.#day(day))}</h2><ol>\n`;
  }

  #moment(at: number): string {
    const iso = new Date(at).toISOString();
    return `<time datetime="${iso}">${escape(this.#time.format(at))}</time>`;
  }

  #answer(to: number | undefined): string {
    if (to === undefined) return '';
    const name = this.#names.get(to);
    if (name === undefined) {
      return `<p class="to">${escape(this.#words.say('export_answer_lost'))}</p>`;
    }
    return `<p class="to"><a href="#m${to}"><bdi>${escape(this.#words.say('export_answer', { name }))}</bdi></a></p>`;
  }
}

/** The text of a message with its links and its code. */
function body(text: string): string {
  return rich(text)
    .map((piece) => {
      switch (piece.kind) {
        case 'link':
          return `<a href="${escape(piece.href)}" rel="noopener noreferrer">${escape(piece.text)}</a>`;
        case 'code':
          return `<code>${escape(piece.text)}</code>`;
        case 'block':
          return `<pre dir="ltr">${escape(`\n${piece.text}`)}</pre>`;
        default:
          return escape(piece.text);
      }
    })
    .join('');
}

const NAMED: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Text for between the tags or in a quoted attribute; what no file may hold is marked as missing. */
function escape(text: string): string {
  return text
    .replace(/[&<>"']/g, (char) => NAMED[char] ?? '')
    .replace(/[\u0000-\u0008\u000b-\u001f\u007f]/g, '\ufffd');
}
