import { fileURLToPath } from 'node:url';

import { defineConfig, mergeConfig } from 'vitest/config';

import page from '../vite.config.ts';

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

/** The page as it is, with a gateway inside the browser in place of the socket's other end. */
export default mergeConfig(
  page,
  defineConfig({
    root: here('..'),
    resolve: { alias: { 'socket.io-client': here('socket.ts') } },
    // Readable in the browser's own tools.
    build: { outDir: here('../dist-demo'), minify: false },
    plugins: [
      {
        name: 'demo',
        transformIndexHtml: {
          // Before the build gathers the scripts: this one is the first of them.
          order: 'pre',
          handler: () => [
            {
              tag: 'script',
              attrs: { type: 'module', src: '/demo/begin.ts' },
              injectTo: 'head-prepend',
            },
          ],
        },
      },
    ],
  }),
);
