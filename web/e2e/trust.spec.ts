import { execFile } from 'node:child_process';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

import { expect, test } from './world';

const run = promisify(execFile);
const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** Signs a leaf for a name with the key of a gateway's CA, as a thief of the card would. */
const FORGE = resolve(ROOT, process.env.MADANG_EVIL_LEAF ?? 'target/debug/examples/evil_leaf');

test('a stolen card can speak for its own names only: Chromium refuses a leaf for example.com', async ({
  gateway,
  trusting,
}) => {
  for (const [name, outcome] of [
    ['localhost', 'trusted'],
    ['example.com', 'refused'],
  ] as const) {
    const { stdout: pem } = await run(FORGE, [join(gateway.data, 'tls'), name]);
    const server = createServer({ key: pem, cert: pem }, (_, response) => response.end('forged'));
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    const { port } = server.address() as AddressInfo;
    const page = await trusting.newPage();
    const address = `https://${name}:${port}/`;
    // That the forged leaf of an own name is taken shows that only the constraint is in the way.
    if (outcome === 'trusted') await page.goto(address);
    else await expect(page.goto(address)).rejects.toThrow(/ERR_CERT/);
    await page.close();
    server.close();
  }
});
