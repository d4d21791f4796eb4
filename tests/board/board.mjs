/**
 * The lean board: the real gateway for ARM on Debian's kernel in QEMU, with one ext4 data disk, and
 * a plug that can be pulled.
 *
 * The disk stands behind a cache that forgets, as a card's does: nbdkit keeps what is written in
 * memory until it is asked to flush, and is killed together with the machine. Killing QEMU alone
 * would prove nothing, as the pages would live on in this machine's memory.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, existsSync, openSync } from 'node:fs';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as later } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

import { answers, freePorts } from '../clients/gateway.mjs';

/** What initramfs.sh has made. */
const BUILT = fileURLToPath(new URL('../../target/board/', import.meta.url));

/** How long a boot may take on a busy machine. */
const BOOT_MS = 90_000;

/** As a Raspberry Pi Zero 2 W has: cores of that kind, and its memory. */
const MACHINE = ['-M', 'virt', '-cpu', 'cortex-a53', '-smp', '1', '-m', '512'];

/** Faster than people may talk, so that much is under way when the plug is pulled. */
const CONFIG = `
[limits]
messages_per_second = 10_000
message_burst = 10_000
[history]
page_messages = 500
`;

export class Board {
  /** @type {import('node:child_process').ChildProcess[]} */
  #running = [];

  /**
   * A board with an empty history, not yet powered. It begins with the local CA of
   * `MADANG_TEST_TLS`, which this Node trusts.
   * @param {{ mount?: string, barrier?: boolean }} [options] how the data disk is mounted; `false`
   *   for a gateway without its barrier
   */
  static async make({ mount = 'defaults', barrier = true } = {}) {
    const folder = await mkdtemp(join(tmpdir(), 'madang-board-'));
    const [port] = await freePorts();
    const line = `board.mount=${mount} board.barrier=${barrier ? 'yes' : 'no'}`;
    const board = new Board(folder, port, line);
    const seed = join(folder, 'seed');
    await cp(process.env.MADANG_TEST_TLS, join(seed, 'tls'), { recursive: true });
    await writeFile(join(seed, 'madang.toml'), CONFIG);
    const wholly = 'root_owner=0:0,lazy_itable_init=0,lazy_journal_init=0';
    await run('mke2fs', ['-q', '-t', 'ext4', '-E', wholly, '-d', seed, board.disk, '256M']);
    return board;
  }

  /** @param {string} folder @param {number} port @param {string} line for the kernel */
  constructor(folder, port, line) {
    this.folder = folder;
    this.port = port;
    this.line = line;
  }

  get url() {
    return `https://localhost:${this.port}`;
  }

  get disk() {
    return join(this.folder, 'disk');
  }

  /** Plugs it in; resolves with the seconds after which the gateway answers. */
  async start() {
    const began = performance.now();
    const ca = await readFile(join(process.env.MADANG_TEST_TLS, 'ca.pem'), 'utf8');
    await this.#power();
    await this.#until(() => answers(this.url, ca));
    return (performance.now() - began) / 1_000;
  }

  /** Plugs it in again; resolves when its console says this. @param {string} words */
  async startUntil(words) {
    const earlier = (await this.console()).length;
    await this.#power();
    await this.#until(async () => (await this.console()).includes(words, earlier));
  }

  /** Pulls the plug: the machine stops, and the disk forgets what it was not asked to keep. */
  async pull() {
    const running = this.#running.filter((child) => !hasEnded(child));
    this.#running = [];
    const gone = running.map((child) => once(child, 'exit'));
    for (const child of running) child.kill('SIGKILL');
    await Promise.all(gone);
  }

  /** Replays the journal of the data disk, as a boot does, and finds nothing else to repair. */
  async isSound() {
    await run('e2fsck', ['-p', this.disk], [0, 1]);
    await run('e2fsck', ['-f', '-n', this.disk]);
  }

  /** The end of the test. */
  async stop() {
    await this.pull();
    await rm(this.folder, { recursive: true, force: true });
  }

  /** What the board has said on its console, in all its boots. */
  console() {
    return readFile(join(this.folder, 'console'), 'utf8');
  }

  /** The disk, then the machine. */
  async #power() {
    const socket = join(this.folder, 'nbd');
    await rm(socket, { force: true });
    const cache = ['--filter=cache', 'file', this.disk, 'cache=writeback'];
    this.#spawn('nbdkit', ['--foreground', '--unix', socket, ...cache]);
    await this.#until(() => existsSync(socket));
    // prettier-ignore
    this.#spawn('qemu-system-aarch64', [
      ...MACHINE,
      '-nodefaults', '-nographic', '-no-reboot', '-serial', 'stdio',
      '-kernel', join(BUILT, 'kernel'), '-initrd', join(BUILT, 'initramfs'),
      '-append', `console=ttyAMA0 quiet panic=-1 ${this.line}`,
      '-drive', `if=none,id=disk,format=raw,cache=writeback,file=nbd:unix:${socket}`,
      '-device', 'virtio-blk-pci,drive=disk',
      '-netdev', `user,id=net,hostfwd=tcp:127.0.0.1:${this.port}-:443`,
      '-device', 'virtio-net-pci,netdev=net,romfile=',
    ]);
  }

  /** Starts a part of the board, which ends with this process at the latest. */
  #spawn(program, words) {
    const log = openSync(join(this.folder, 'console'), 'a');
    const child = spawn(program, words, { stdio: ['ignore', log, log] });
    closeSync(log);
    const orphan = () => child.kill('SIGKILL');
    process.once('exit', orphan);
    child.once('exit', () => process.off('exit', orphan));
    this.#running.push(child);
  }

  /** Waits until something holds, while all parts of the board run. */
  async #until(holds) {
    const deadline = Date.now() + BOOT_MS;
    while (!(await holds())) {
      const ended = this.#running.find(hasEnded);
      if (ended !== undefined || Date.now() > deadline) {
        const what = ended === undefined ? 'does not get there' : `has lost ${ended.spawnfile}`;
        const said = (await this.console()).slice(-5_000);
        await this.pull();
        throw new Error(`the board ${what}\n${said}`);
      }
      await later(50);
    }
  }
}

/** @param {import('node:child_process').ChildProcess} child */
function hasEnded({ exitCode, signalCode }) {
  return (exitCode ?? signalCode) !== null;
}

/** Runs a program to its end. */
async function run(program, words, good = [0]) {
  // Debian keeps the tools of file systems where only root looks for them.
  const env = { ...process.env, PATH: `${process.env.PATH}:/usr/sbin:/sbin` };
  const child = spawn(program, words, { env, stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  child.stdout.on('data', (bytes) => (said += bytes));
  child.stderr.on('data', (bytes) => (said += bytes));
  const [code] = await once(child, 'close');
  if (!good.includes(code)) throw new Error(`${program} ended with ${code}\n${said}`);
}
