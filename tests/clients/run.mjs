/**
 * Runs all tests of this folder: `npm test`.
 *
 * Node reads the certificates that it trusts once, at its start. So a first gateway makes a local
 * CA, all gateways of the tests begin with that CA, and the tests run in a Node that trusts it
 * through NODE_EXTRA_CA_CERTS. Nowhere is the verification of certificates switched off.
 */
import { spawn } from 'node:child_process';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { Gateway } from './gateway.mjs';

/** Two cores, and a gateway for each file: more at a time would only wait for each other. */
const OPTIONS = [
  '--test',
  '--test-reporter=spec',
  '--test-concurrency=2',
  '--test-timeout=180000',
  '--test-force-exit',
];

const here = fileURLToPath(new URL('.', import.meta.url));
const wanted = process.argv.slice(2);
const tests = (await readdir(here)).filter(
  (name) =>
    name.endsWith('.test.mjs') &&
    (wanted.length === 0 || wanted.some((part) => name.includes(part))),
);

const first = await Gateway.start({ ownCa: true });
await first.kill();
const runner = spawn(
  process.execPath,
  [...OPTIONS, ...tests.sort().map((name) => join(here, name))],
  {
    stdio: 'inherit',
    env: {
      ...process.env,
      NODE_EXTRA_CA_CERTS: first.ca,
      MADANG_TEST_TLS: join(first.data, 'tls'),
    },
  },
);
runner.once('exit', async (code) => {
  await first.stop();
  process.exitCode = code ?? 1;
});
