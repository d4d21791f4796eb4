/** Serves the page with its made-up gateway (see `demo/`) while the pictures are taken. */
import { fileURLToPath } from 'node:url';

import { build, preview } from 'vite';

const configFile = fileURLToPath(new URL('../demo/vite.config.ts', import.meta.url));

export default async function serve(): Promise<() => Promise<void>> {
  await build({ configFile, logLevel: 'warn' });
  const server = await preview({ configFile, preview: { port: 0, host: '127.0.0.1' } });
  const address = server.httpServer.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  process.env.DEMO_URL = `http://127.0.0.1:${address.port}`;
  return () => server.close();
}
