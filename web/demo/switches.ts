/**
 * How the demo begins, by the query of its address: `/?theme=dark&lang=ko#/room/마을회관`.
 *
 *     theme   system, light or dark          lang    system, ko or en
 *     size    0 to 3, the text's size        name    who comes in; empty: nobody, the welcome
 *     code    the gateway's entry code       quiet   nobody says anything by themselves
 *     history messages made up before those that are told in `rooms.ts`
 *     page    how many messages a page of them has
 *     crowded the Wi-Fi is nearly full
 *     unsure  the gateway's clock is not set
 *     posts   what becomes of the first messages written, one word each, comma between: stored,
 *             relayed (never acknowledged), unstored, failed
 *
 * What an earlier visit has left on this phone is cleared: the demo always begins anew.
 */
import { clear, keep } from './storage';

export type Fate = 'stored' | 'relayed' | 'unstored' | 'failed';

export interface Switches {
  readonly language: 'ko' | 'en';
  readonly code: string | undefined;
  readonly quiet: boolean;
  readonly crowded: boolean;
  readonly unsure: boolean;
  readonly history: number;
  readonly page: number;
  readonly posts: readonly Fate[];
}

const query = new URLSearchParams(window.location.search);
const language = query.get('lang') ?? 'system';
const korean = language === 'system' ? /^ko\b/i.test(navigator.language) : language === 'ko';

export const switches: Switches = {
  language: korean ? 'ko' : 'en',
  code: query.get('code') ?? undefined,
  quiet: query.has('quiet'),
  crowded: query.has('crowded'),
  unsure: query.has('unsure'),
  history: Number(query.get('history') ?? 240),
  page: Number(query.get('page') ?? 50),
  posts: (query.get('posts') ?? '').split(',').filter(isFate),
};

clear();
const name = query.get('name') ?? (korean ? '지우' : 'Jiu');
if (name !== '') keep('name', name);
keep(
  'settings',
  JSON.stringify({ theme: query.get('theme'), language, size: Number(query.get('size') ?? 0) }),
);

function isFate(word: string): word is Fate {
  return ['stored', 'relayed', 'unstored', 'failed'].includes(word);
}
