/**
 * What the page gets in place of `socket.io-client` in the demo (by an alias of its build): a socket
 * whose other end is a gateway inside the browser.
 *
 * In the browser's console `demo.drop()` takes the connection away, `demo.restore()` brings it back,
 * `demo.say(room, text)` lets somebody else speak, and `demo.flood(room, 20)` lets them speak so
 * many times a second.
 */
import type { Auth } from '../src/connection/wire';
import { Gateway } from './gateway';
import { switches } from './switches';

type Handler = (...values: unknown[]) => void;
interface Options {
  readonly auth: (give: (auth: Auth) => void) => void;
}

/** There and back. */
const WAY_MS = 40;

class DemoSocket {
  connected = false;
  active = false;
  /** As much of a manager and its engine as somebody may look at. */
  readonly io = {
    engine: { transport: { name: 'websocket' }, on: () => undefined, once: () => undefined },
    on: () => undefined,
    timeout: () => undefined,
  };
  readonly #options: Options;
  readonly #handlers = new Map<string, Handler[]>();
  readonly #gateway: Gateway;
  #reachable = true;
  /** Grows with each beginning and end of a connection: what was on its way before is lost. */
  #connection = 0;

  constructor(options: Options) {
    this.#options = options;
    this.#gateway = new Gateway(switches, (event, argument) => {
      if (this.connected) this.#fire(event, argument);
    });
    Object.assign(window, { demo: this.#controls() });
  }

  on(event: string, handler: Handler): this {
    this.#handlers.set(event, [...(this.#handlers.get(event) ?? []), handler]);
    return this;
  }

  connect(): this {
    this.active = true;
    void this.#arrive();
    return this;
  }

  disconnect(): this {
    this.active = false;
    this.#end('io client disconnect');
    return this;
  }

  timeout(): this {
    return this;
  }

  emit(event: string, argument?: unknown): this {
    this.emitWithAck(event, argument).catch(() => undefined);
    return this;
  }

  async emitWithAck(event: string, argument?: unknown): Promise<unknown> {
    const connection = this.#connection;
    await pause(WAY_MS);
    this.#check(connection);
    const answer = await this.#gateway.request(event, argument);
    this.#check(connection);
    return answer;
  }

  #check(connection: number): void {
    if (connection !== this.#connection || !this.connected)
      throw new Error('operation has timed out');
  }

  async #arrive(): Promise<void> {
    this.#connection += 1;
    const connection = this.#connection;
    await pause(WAY_MS);
    if (connection !== this.#connection) return;
    if (!this.#reachable) {
      this.#fire('connect_error', new Error('xhr poll error'));
      return;
    }
    this.#options.auth((auth) => {
      const { ok, ...greeting } = this.#gateway.greet(auth);
      if (ok) {
        this.connected = true;
        this.#fire('connect');
        this.#fire('hello', greeting);
      } else if ('error' in greeting) {
        this.active = false;
        this.#fire('connect_error', Object.assign(new Error(), { data: greeting.error }));
      }
    });
  }

  #end(reason: string): void {
    this.#connection += 1;
    if (!this.connected) return;
    this.connected = false;
    this.#fire('disconnect', reason);
  }

  #fire(event: string, ...values: unknown[]): void {
    for (const handler of this.#handlers.get(event) ?? []) handler(...values);
  }

  #controls() {
    let flood: ReturnType<typeof setInterval> | undefined;
    return {
      drop: () => {
        this.#reachable = false;
        this.#end('transport close');
      },
      restore: () => {
        this.#reachable = true;
        if (this.active) void this.#arrive();
      },
      say: (room: string, text: string) => {
        this.#gateway.say(room, text);
      },
      flood: (room: string, perSecond: number) => {
        clearInterval(flood);
        let number = 0;
        if (perSecond === 0) return;
        flood = setInterval(() => {
          number += 1;
          this.#gateway.say(room, `${number}: and a word about the weather, which is fine 🌤`);
        }, 1_000 / perSecond);
      },
    };
  }
}

export function io(options: Options): DemoSocket {
  return new DemoSocket(options);
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
