/** Somebody without a page: Node's official client, to fill rooms and to answer quickly. */
import { readFileSync } from 'node:fs';

import { io, type Socket } from 'socket.io-client';

import type { Gateway } from '../../../tests/clients/gateway.mjs';
import { PATIENCE_MS } from './tab';

/** For a gateway on which bots may write faster than people do. */
export const FAST = `
  [limits]
  messages_per_second = 100000
  message_burst = 100000
`;

interface Posted {
  readonly ok: boolean;
  readonly seq: number;
  readonly error?: { readonly code: string; readonly retry_after_ms?: number };
}

export class Bot {
  private constructor(
    readonly socket: Socket,
    readonly name: string,
  ) {}

  static async arrive(gateway: Gateway, name: string): Promise<Bot> {
    const socket = io(gateway.url, {
      auth: { name },
      forceNew: true,
      transports: ['websocket'],
      ca: readFileSync(gateway.ca, 'utf8'),
    });
    await new Promise((done) => socket.once('hello', done));
    return new Bot(socket, name);
  }

  async join(room: string): Promise<void> {
    await this.#ask('join', { room });
  }

  /** Posts, as often as it takes, and gives the number of the message. */
  async say(room: string, text: string, more: { reply_to?: number } = {}): Promise<number> {
    for (;;) {
      const answer = await this.#ask('message', { room, text, ...more });
      if (answer.ok) return answer.seq;
      if (answer.error?.code !== 'rate' && answer.error?.code !== 'busy')
        throw new Error(JSON.stringify(answer));
      await new Promise((done) => setTimeout(done, answer.error?.retry_after_ms ?? 500));
    }
  }

  /** Posts `line 1` to `line N`, in order. */
  async fill(room: string, count: number, words = 'line'): Promise<void> {
    const posts = Array.from({ length: count }, (_, line) =>
      this.say(room, `${words} ${line + 1}`),
    );
    await Promise.all(posts);
  }

  /** What comes with the next event of this name. */
  async hears(event: string): Promise<unknown> {
    return new Promise((done, failed) => {
      const timer = setTimeout(() => {
        failed(new Error(`${this.name} waited in vain for ${event}`));
      }, PATIENCE_MS);
      this.socket.once(event, (what: unknown) => {
        clearTimeout(timer);
        done(what);
      });
    });
  }

  goes(): void {
    this.socket.disconnect();
  }

  async #ask(event: string, argument: object): Promise<Posted> {
    return (await this.socket.timeout(PATIENCE_MS).emitWithAck(event, argument)) as Posted;
  }
}
