/**
 * What a phone loads before it shows anything: the page and all that its head names. What is only
 * loaded when asked for (rooms, dialogs, the export) and the service worker have a limit of their own.
 *
 * KB are 1,000 bytes. audit/weight.spec.ts makes sure that a browser loads no more than is named.
 */
import { readdirSync, readFileSync } from 'node:fs';

const page = readFileSync(new URL('dist/index.html', import.meta.url), 'utf8');
const named = [...page.matchAll(/(?:src|href)="\/(assets\/[^"]+)"/g)].map(([, path]) => path);
const built = readdirSync(new URL('dist', import.meta.url), { recursive: true }).map(String);
const later = built.filter((path) => /\.(js|css)$/.test(path) && !named.includes(path));

export default [
  {
    name: 'the first load (JS, CSS, HTML)',
    path: ['dist/index.html', ...named.map((path) => `dist/${path}`)],
    gzip: true,
    limit: '45 KB',
  },
  {
    name: 'what is loaded when asked for',
    path: later.map((path) => `dist/${path}`),
    gzip: true,
    limit: '32 KB',
  },
];
