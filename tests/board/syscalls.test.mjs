/**
 * What the kernel sees of the gateway for ARM when it acknowledges: an `fdatasync` each time and
 * never `sync_file_range`, as tests/syscalls.rs finds it in the program for this machine. Another
 * linker made this one, and could have lost the barrier without a sign.
 */
import assert from 'node:assert/strict';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

import { Gateway } from '../clients/gateway.mjs';
import { Person } from '../clients/person.mjs';

const MESSAGES = 25;
const NO_BARRIER = fileURLToPath(
  new URL('../../target/board/root/lib/no-barrier.so', import.meta.url),
);

/** Posts one message after the other and gives the lines of each system call that syncs. */
async function syncsWhilePosting(t, env) {
  const folder = await mkdtemp(join(tmpdir(), 'madang-strace-'));
  t.after(() => rm(folder, { recursive: true }));
  // A file a thread: in one for all, the result of one thread's call stands in another one's line.
  const gateway = await Gateway.start({
    env: { QEMU_LOG: 'strace,tid', QEMU_LOG_FILENAME: join(folder, '%d'), ...env },
  });
  t.after(() => gateway.stop());
  const anna = await Person.arrive(gateway, { name: 'Anna' });
  for (let number = 0; number < MESSAGES; number += 1) {
    await anna.gets('message', { room: 'hall', id: `m${number}`, text: 'hello' });
  }
  anna.goes();
  await gateway.kill();
  const logs = (await readdir(folder)).map((thread) => readFile(join(folder, thread), 'utf8'));
  const lines = (await Promise.all(logs)).flatMap((log) => log.split('\n'));
  const calls = (name) => lines.filter((line) => line.includes(`${name}(`));
  return { fdatasync: calls('fdatasync'), sync_file_range: calls('sync_file_range') };
}

test('every acknowledgement of the gateway for ARM waits for an fdatasync', async (t) => {
  const syncs = await syncsWhilePosting(t, {});
  assert.deepEqual(syncs.sync_file_range, [], 'the function of libc came through');
  assert.ok(syncs.fdatasync.length >= MESSAGES, `${syncs.fdatasync.length} calls of fdatasync`);
  const failed = syncs.fdatasync.filter((line) => line.includes('errno='));
  assert.deepEqual(failed, [], 'a barrier failed');
  t.diagnostic(`${MESSAGES} messages one by one, ${syncs.fdatasync.length} calls of fdatasync`);
});

test('a gateway without its barrier is found out by this', async (t) => {
  const syncs = await syncsWhilePosting(t, { QEMU_SET_ENV: `LD_PRELOAD=${NO_BARRIER}` });
  assert.deepEqual(syncs.fdatasync, []);
  assert.ok(syncs.sync_file_range.length >= MESSAGES);
});
