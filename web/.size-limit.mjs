/**
 * What a phone loads before it shows anything: the page and all that its head names. What is only
 * loaded when asked for (dialogs, the export) and the service worker do not count.
 */
import { readFileSync } from 'node:fs';

const page = readFileSync(new URL('dist/index.html', import.meta.url), 'utf8');
const named = [...page.matchAll(/(?:src|href)="\/(assets\/[^"]+)"/g)].map(([, path]) => path);

export default [
  {
    name: 'the first load (JS, CSS, HTML)',
    path: ['dist/index.html', ...named.map((path) => `dist/${path}`)],
    gzip: true,
    limit: '45 KB',
  },
];
