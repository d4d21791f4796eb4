import { fileURLToPath } from 'node:url';

import type { ProxyOptions } from 'vite';
import { defineConfig } from 'vitest/config';

import { pageId } from './vite.pageid.ts';
import { shell } from './vite.shell.ts';
import { style } from './vite.style.ts';

/** Where `npm run dev` finds a running gateway: `MADANG_URL=https://board:8443 npm run dev`. */
const gateway = process.env.MADANG_URL ?? 'https://localhost:8443';

/**
 * The way to that gateway, for development only: its local CA is not known to Node, and it takes
 * connections of its own page only, so what comes from this server says it is that.
 */
const proxy: ProxyOptions = {
  target: gateway,
  ws: true,
  secure: false,
  changeOrigin: true,
  rewriteWsOrigin: true,
  configure: (server) => {
    server.on('proxyReq', (request) => {
      if (request.hasHeader('origin')) request.setHeader('origin', new URL(gateway).origin);
    });
  },
};

export default defineConfig({
  build: {
    target: ['chrome107', 'firefox106', 'safari16'],
    // No inline script and no polyfill: the page has a strict Content-Security-Policy.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    rolldownOptions: {
      input: { index: 'index.html', sw: 'src/sw.ts' },
      output: {
        // The service worker is known by its address.
        entryFileNames: ({ name }) => (name === 'sw' ? 'sw.js' : 'assets/[name]-[hash].js'),
      },
    },
  },
  resolve: {
    alias: [
      {
        // The client brings a third transport, which it only takes if the server offers it. Ours
        // does not: what stands there instead weighs nothing.
        find: /^\.\/webtransport\.js$/,
        replacement: fileURLToPath(new URL('src/connection/notransport.ts', import.meta.url)),
      },
    ],
  },
  plugins: [style(), pageId(), shell()],
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  // `vite preview` takes the same way.
  server: { proxy: { '/socket.io': proxy } },
  // A busy machine is slow to load a page's worth of modules.
  test: { include: ['test/**/*.test.{ts,tsx}'], testTimeout: 20_000 },
});
