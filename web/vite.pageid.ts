/**
 * Writes into index.html which page this is: a hash over everything that was built. The gateway
 * says in its greeting which one it serves, so that an older one that is still open can tell.
 */
import { createHash } from 'node:crypto';

import type { Plugin } from 'vite';

export function pageId(): Plugin {
  return {
    name: 'page-id',
    apply: 'build',
    transformIndexHtml: {
      order: 'post',
      handler(html, { bundle = {} }) {
        const hash = createHash('sha256').update(html);
        for (const name of Object.keys(bundle).sort()) {
          const file = bundle[name];
          hash
            .update(`\0${name}\0`)
            .update(file?.type === 'chunk' ? file.code : (file?.source ?? ''));
        }
        const content = hash.digest('hex').slice(0, 16);
        return [{ tag: 'meta', attrs: { name: 'madang-page', content }, injectTo: 'head' }];
      },
    },
  };
}
