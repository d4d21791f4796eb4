/**
 * Tells the service worker what it is to keep: every file that was built, under a name that is
 * another one for each build.
 */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';

import type { Plugin } from 'vite';

/** Stand in src/sw.ts for what is only known after the build. */
const FILES = '__FILES__';
const BUILD = '__BUILD__';

/** From public/: what an installed page needs offline beside the built files. */
const PUBLIC = ['icon.svg', 'manifest.webmanifest'];

export function shell(): Plugin {
  return {
    name: 'shell',
    apply: 'build',
    generateBundle: {
      order: 'post',
      handler(_, bundle) {
        const worker = bundle['sw.js'];
        if (worker?.type !== 'chunk') throw new Error('the build has no sw.js');
        // Browsers older than module workers take it as a plain script.
        if (/^(?:im|ex)port\b/m.test(worker.code)) throw new Error('sw.js is not a plain script');
        const built = Object.keys(bundle).filter((name) => name.startsWith('assets/'));
        const build = createHash('sha256').update(built.sort().join());
        for (const name of PUBLIC) build.update(readFileSync(`public/${name}`));
        build.update(readFileSync('index.html'));
        const files = [...built, ...PUBLIC].map((name) => `/${name}`);
        worker.code = worker.code
          .replace(FILES, JSON.stringify(files))
          .replace(BUILD, JSON.stringify(build.digest('hex').slice(0, 12)));
      },
    },
  };
}
