import { defineConfig } from 'vitest/config';

/** Where `npm run dev` finds a running gateway: `MADANG_URL=https://board:8443 npm run dev`. */
const gateway = process.env.MADANG_URL ?? 'https://localhost:8443';

export default defineConfig({
  build: {
    target: ['es2020', 'safari14'],
    // Nothing inline and no polyfill: the page is served under a strict Content-Security-Policy.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
  },
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  server: {
    proxy: {
      // The local CA is not known to Node here; this is the development proxy only.
      '/socket.io': { target: gateway, ws: true, secure: false, changeOrigin: true },
    },
  },
  test: { include: ['test/**/*.test.{ts,tsx}'] },
});
