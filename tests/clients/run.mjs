/**
 * Runs all tests of this folder, `npm test`, or those whose names contain one of the words given.
 * Words with a slash are files of tests that lie elsewhere; options go to `node --test`.
 *
 * Node reads the certificates that it trusts once, at its start. So a first gateway makes a local
 * CA, all gateways of the tests begin with that CA, and the tests run in a Node that trusts it
 * through NODE_EXTRA_CA_CERTS. Nowhere is the verification of certificates switched off.
 */
import { spawn } from 'node:child_process';
import { readdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
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

const given = process.argv.slice(2);
const options = given.filter((word) => word.startsWith('--'));
const words = given.filter((word) => !word.startsWith('--'));
const elsewhere = words.filter((word) => word.includes('/')).map((path) => resolve(path));
const wanted = words.filter((word) => !word.includes('/'));
const here = fileURLToPath(new URL('.', import.meta.url));
const ours = (await readdir(here)).filter(
  (name) =>
    name.endsWith('.test.mjs') &&
    (words.length === 0 || wanted.some((part) => name.includes(part))),
);
const tests = [...ours.sort().map((name) => join(here, name)), ...elsewhere];

const first = await Gateway.start({ ownCa: true });
await first.kill();
const runner = spawn(process.execPath, [...OPTIONS, ...options, ...tests], {
  stdio: 'inherit',
  env: {
    ...process.env,
    NODE_EXTRA_CA_CERTS: first.ca,
    MADANG_TEST_TLS: join(first.data, 'tls'),
  },
});
runner.once('exit', async (code) => {
  await first.stop();
  process.exitCode = code ?? 1;
});
