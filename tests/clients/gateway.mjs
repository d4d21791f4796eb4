/**
 * The real gateway as a child process, for tests: started on free ports with a data folder of its
 * own, killed, started again on the same data and ports, and taken away at the end.
 *
 * As a program (`node gateway.mjs`) it does the same for tests in other languages: it prints one
 * line of JSON `{url, plainUrl, ca, data}` when the gateway answers, and obeys the lines `kill`,
 * `start` and `stop` on its standard input, with `done` after each.
 *
 * Environment: `MADANG_BIN`, the binary (target/release/madang by default); `MADANG_TEST_TLS`, a
 * `tls` folder to begin with, so that many gateways share one local CA.
 */
import { spawn } from 'node:child_process';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { get } from 'node:https';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** How long a start may take on a busy machine. */
const START_MS = 30_000;

/**
 * @typedef {object} Options
 * @property {string} [config] TOML, as in the configuration file
 * @property {Record<string, string>} [env] further environment
 * @property {boolean} [ownCa] with a local CA of its own, whatever `MADANG_TEST_TLS` says
 */

export class Gateway {
  /** @type {import('node:child_process').ChildProcess | undefined} */
  #process;
  #log = '';
  #ca = '';
  /** @type {string[]} */
  #arguments;
  /** @type {Record<string, string>} */
  #env;

  /**
   * @param {string} folder
   * @param {{ tls: number, plain: number }} ports
   * @param {Options} options
   */
  constructor(folder, ports, options) {
    this.folder = folder;
    this.ports = ports;
    this.#env = options.env ?? {};
    const config = options.config === undefined ? [] : ['--config', join(folder, 'madang.toml')];
    // prettier-ignore
    this.#arguments = [
      'serve',
      '--data', this.data,
      '--listen', `127.0.0.1:${ports.tls}`,
      '--listen-plain', `127.0.0.1:${ports.plain}`,
      '--tls', 'auto',
      ...config,
    ];
  }

  /**
   * A gateway that answers.
   * @param {Options} [options]
   */
  static async start(options = {}) {
    const folder = await mkdtemp(join(tmpdir(), 'madang-test-'));
    const [tls, plain] = await freePorts();
    const gateway = new Gateway(folder, { tls, plain }, options);
    if (options.config !== undefined) await writeFile(join(folder, 'madang.toml'), options.config);
    const seed = options.ownCa === true ? undefined : process.env.MADANG_TEST_TLS;
    if (seed !== undefined) await cp(seed, join(gateway.data, 'tls'), { recursive: true });
    await gateway.start();
    return gateway;
  }

  /** Everything that the gateway keeps. */
  get data() {
    return join(this.folder, 'data');
  }

  /** The local CA's certificate, PEM. */
  get ca() {
    return join(this.data, 'tls', 'ca.pem');
  }

  get url() {
    return `https://localhost:${this.ports.tls}`;
  }

  get plainUrl() {
    return `http://localhost:${this.ports.plain}`;
  }

  /** What it has logged so far. */
  get log() {
    return this.#log;
  }

  /** Starts it, again if it ran before, and waits until it answers. */
  async start() {
    const binary = resolve(ROOT, process.env.MADANG_BIN ?? 'target/release/madang');
    const child = spawn(binary, this.#arguments, {
      env: { ...foreignEnvironment(), ...this.#env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#process = child;
    const orphan = () => child.kill('SIGKILL');
    process.once('exit', orphan);
    child.once('exit', () => process.off('exit', orphan));
    const keep = (/** @type {Buffer} */ bytes) => {
      this.#log = (this.#log + bytes.toString()).slice(-20_000);
    };
    child.stdout.on('data', keep);
    child.stderr.on('data', keep);
    /** @type {Error | undefined} */
    let failure;
    child.once('error', (error) => (failure = error));
    child.once('exit', (code) => (failure = new Error(`the gateway ended with ${code}`)));
    const deadline = Date.now() + START_MS;
    while (!(await this.#answers())) {
      if (failure !== undefined || Date.now() > deadline) {
        child.kill('SIGKILL');
        throw new Error(`the gateway does not answer (${failure?.message})\n${this.#log}`);
      }
      await new Promise((done) => setTimeout(done, 50));
    }
  }

  /** The plug is pulled: SIGKILL, and it is gone when this resolves. */
  async kill() {
    await this.#end('SIGKILL');
  }

  /** An orderly end. */
  async terminate() {
    await this.#end('SIGTERM');
  }

  /** The end of the test: the process is killed and its folder removed. */
  async stop() {
    await this.#end('SIGKILL');
    await rm(this.folder, { recursive: true, force: true });
  }

  /** @param {NodeJS.Signals} signal */
  async #end(signal) {
    const child = this.#process;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const gone = new Promise((done) => child.once('exit', done));
    child.kill(signal);
    await gone;
  }

  async #answers() {
    this.#ca ||= await readFile(this.ca, 'utf8').catch(() => '');
    return this.#ca !== '' && answers(this.url, this.#ca);
  }
}

/**
 * Whether `/healthz` answers 200 under a certificate of this CA.
 * @param {string} url
 * @param {string} ca PEM
 * @returns {Promise<boolean>}
 */
export function answers(url, ca) {
  return new Promise((done) => {
    const request = get(`${url}/healthz`, { ca, agent: false, timeout: 2_000 }, (response) => {
      response.resume();
      done(response.statusCode === 200);
    });
    request.once('timeout', () => request.destroy());
    request.once('error', () => done(false));
  });
}

/** The environment without ours: to the gateway, `MADANG_BIN` would be an unknown setting. */
function foreignEnvironment() {
  const foreign = Object.entries(process.env).filter(([name]) => !name.startsWith('MADANG_'));
  return Object.fromEntries(foreign);
}

/** Two ports that were free a moment ago. @returns {Promise<[number, number]>} */
export async function freePorts() {
  const servers = [createServer(), createServer()];
  const ports = await Promise.all(
    servers.map(
      (server) =>
        new Promise((done) => {
          server.listen(0, '127.0.0.1', () => {
            const address = server.address();
            done(address !== null && typeof address === 'object' ? address.port : 0);
          });
        }),
    ),
  );
  await Promise.all(servers.map((server) => new Promise((done) => server.close(done))));
  return /** @type {[number, number]} */ (ports);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const gateway = await Gateway.start();
  const { url, plainUrl, ca, data } = gateway;
  console.log(JSON.stringify({ url, plainUrl, ca, data }));
  for await (const line of createInterface({ input: process.stdin })) {
    if (line === 'kill') await gateway.kill();
    else if (line === 'start') await gateway.start();
    else if (line === 'stop') break;
    console.log('done');
  }
  await gateway.stop();
}
