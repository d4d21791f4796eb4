/** Stands in for the official client's socket: remembers what it is told, fires what it is told to. */
import type { Hello, Refusal } from '../src/connection/wire';

type Handler = (...args: unknown[]) => void;

export class FakeSocket {
  connected = false;
  active = false;
  connects = 0;
  readonly emitted: unknown[][] = [];
  /** Answers what is asked; tests give their own. */
  answer: (event: string, argument?: unknown) => Promise<unknown> = () =>
    Promise.resolve({ ok: true });
  #upgraded: ((transport: { readonly name: string }) => void) | undefined;
  /** How long an attempt to connect may take. */
  patience = 0;
  readonly io = {
    timeout: (ms: number) => {
      this.patience = ms;
    },
    engine: {
      transport: { name: 'polling' },
      once: (_: string, handler: (transport: { readonly name: string }) => void) => {
        this.#upgraded = handler;
      },
    },
  };
  readonly #handlers = new Map<string, Handler>();

  on(name: string, handler: Handler): this {
    this.#handlers.set(name, handler);
    return this;
  }

  fire(name: string, ...args: unknown[]): void {
    this.#handlers.get(name)?.(...args);
  }

  connect(): this {
    this.active = true;
    this.connects += 1;
    return this;
  }

  disconnect(): this {
    this.active = this.connected = false;
    return this;
  }

  timeout(): this {
    return this;
  }

  emitWithAck(event: string, argument?: unknown): Promise<unknown> {
    this.emitted.push([event, argument]);
    return this.answer(event, argument);
  }

  /** The gateway refuses the connection. */
  refuse(message: string, data?: Partial<Refusal>): void {
    this.active = false;
    this.fire('connect_error', Object.assign(new Error(message), { data }));
  }

  /** The gateway takes the connection and greets. */
  greet(hello: Partial<Hello> = {}): void {
    this.connected = true;
    this.fire('hello', hello);
  }

  /** The connection travels over a WebSocket from now on. */
  upgrade(): void {
    this.#upgraded?.({ name: 'websocket' });
  }

  /** The connection is gone. */
  drop(): void {
    this.connected = false;
    this.fire('disconnect', 'transport close');
  }
}
