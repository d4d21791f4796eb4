/**
 * Puts the style into the page. A phone on a bad Wi-Fi would open a second connection for it, TLS
 * handshake and all, before it shows anything; the gateway lets this one style through by its hash.
 */
import type { Plugin } from 'vite';

const LINK = /\n?[ \t]*<link rel="stylesheet"[^>]* href="\/(assets\/[^"]+\.css)"[^>]*>/g;

export function style(): Plugin {
  return {
    name: 'style',
    apply: 'build',
    transformIndexHtml: {
      order: 'post',
      handler(html, { bundle = {} }) {
        let css = '';
        const page = html.replace(LINK, (_, name: string) => {
          const file = bundle[name];
          if (file?.type !== 'asset') throw new Error(`the build has no ${name}`);
          css += String(file.source).trim();
          // eslint-disable-next-line @typescript-eslint/no-dynamic-delete -- so a file is left out
          delete bundle[name];
          return '';
        });
        // The gateway looks for the first of each; HTML has no way to write the second in a style.
        if (css === '' || /<\/?style/i.test(html + css)) throw new Error('not a style to put in');
        return { html: page, tags: [{ tag: 'style', children: css, injectTo: 'head' }] };
      },
    },
  };
}
