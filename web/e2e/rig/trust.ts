/** Makes a certificate store trust the local CA, as a person would, and nothing else. */
import { execFile } from 'node:child_process';
import { mkdir } from 'node:fs/promises';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** An NSS database in `folder`: Chromium looks for it in its home, Firefox in its profile. */
export async function trustIn(folder: string, ca: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  await run('certutil', ['-d', `sql:${folder}`, '-N', '--empty-password']);
  await run('certutil', ['-d', `sql:${folder}`, '-A', '-n', 'madang', '-t', 'C,,', '-i', ca]);
}
