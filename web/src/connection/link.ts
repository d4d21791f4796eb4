/**
 * The socket: the official Socket.IO client with its default order of transports (long-polling,
 * then the upgrade), and what it takes to be *online*: connected **and** greeted with `hello`.
 *
 * Nothing is sent while it is not connected: the client's own buffer would let posts overtake the
 * join after a reconnect. Rooms are none of its business.
 */
import { io, type ManagerOptions, type Socket, type SocketOptions } from 'socket.io-client';

import type { Answer, Ask, Auth, Hello, Refusal, Requests, ServerEvents } from './wire';

export type Status =
  | 'idle' // no name yet: not tried
  | 'connecting'
  | 'online'
  | 'offline' // lost; tried again by itself
  | 'refused' // the gateway wants something else from the person first: see the refusal
  | 'closed'; // sent away by the gateway for good

export type Transport = 'polling' | 'websocket';

export interface LinkOptions {
  readonly auth: () => Auth;
  readonly status: (status: Status) => void;
  /** How packets travel now. */
  readonly transport: (transport: Transport | undefined) => void;
  readonly hello: (hello: Hello) => void;
  /** The gateway refused the connection; what is only for the moment is tried again by itself. */
  readonly refused: (refusal: Refusal) => void;
  /** Everything that the server says, apart from `hello`. */
  readonly events: Omit<ServerEvents, 'hello'>;
  /** Makes the socket; tests give their own. */
  readonly open?: (options: Partial<ManagerOptions & SocketOptions>) => Socket;
}

/** An attempt to connect that takes longer is given up; right after waking up, earlier. */
const CONNECT_MS = 10_000;
const WAKING_MS = 3_000;
/** A request without an answer for this long is taken for lost: it may be sent again. */
const ANSWER_MS = 20_000;
/** After waking up, a connection that does not answer within this time is made anew. */
const PROBE_MS = 2_000;
/** Pause before a refused connection is tried again, if the refusal names none. */
const REFUSED_PAUSE_MS = 5_000;
/** Refusals of the moment; all others need the person. */
const PASSING = new Set(['rate', 'busy', 'full']);

export class Link {
  readonly #socket: Socket;
  readonly #options: LinkOptions;
  #again: ReturnType<typeof setTimeout> | undefined;

  constructor(options: LinkOptions) {
    this.#options = options;
    const open = options.open ?? ((settings) => io(settings));
    this.#socket = open({
      autoConnect: false,
      auth: (give) => {
        give(options.auth());
      },
      reconnectionDelay: 500,
      reconnectionDelayMax: 5_000,
      timeout: CONNECT_MS,
    });
    this.#socket.on('hello', (hello: Hello) => {
      this.#socket.io.timeout(CONNECT_MS);
      options.hello(hello);
      options.status('online');
      this.#follow();
    });
    this.#socket.on('disconnect', (reason) => {
      options.transport(undefined);
      options.status(reason === 'io server disconnect' ? 'closed' : 'offline');
    });
    this.#socket.on('connect_error', (error) => {
      this.#socket.io.timeout(CONNECT_MS);
      this.#failed(error);
    });
    for (const [name, handler] of Object.entries(options.events)) {
      this.#socket.on(name, handler as (...args: unknown[]) => void);
    }
  }

  /** Connects, or connects anew with what `auth` gives now. */
  connect(): void {
    clearTimeout(this.#again);
    this.#socket.disconnect();
    this.#options.status('connecting');
    this.#socket.connect();
  }

  /** Ends it; nothing is tried again until the next `connect`. */
  end(): void {
    clearTimeout(this.#again);
    this.#socket.disconnect();
    this.#options.status('idle');
  }

  /** The phone was asleep or the network changed: makes sure of the connection within 2 s. */
  wake(): void {
    if (!this.#socket.active) return;
    if (!this.#socket.connected) {
      this.#connectSoon();
      return;
    }
    this.#socket
      .timeout(PROBE_MS)
      .emitWithAck('rooms')
      .catch(() => {
        if (this.#socket.active) this.#connectSoon();
      });
  }

  /**
   * The browser may keep a connection that died while the phone slept, and send the first request
   * on it: that one is given up early, and the next goes out on a fresh one.
   */
  #connectSoon(): void {
    this.#socket.io.timeout(WAKING_MS);
    this.connect();
  }

  readonly ask: Ask = async <E extends keyof Requests>(event: E, argument: Requests[E]['ask']) => {
    if (!this.#socket.connected) throw new Error('not connected');
    const arguments_ = argument === undefined ? [] : [argument];
    const answer: unknown = await this.#socket.timeout(ANSWER_MS).emitWithAck(event, ...arguments_);
    return answer as Answer<Requests[E]['answer']>;
  };

  /** Tells the transport, and when it changes. */
  #follow(): void {
    const tell = ({ name }: { readonly name: string }) => {
      this.#options.transport(name === 'websocket' ? name : 'polling');
    };
    const { engine } = this.#socket.io;
    tell(engine.transport);
    engine.once('upgrade', tell);
  }

  #failed(error: Error & { data?: unknown }): void {
    if (this.#socket.active) {
      // The network's fault, not the gateway's decision: the client goes on trying.
      this.#options.status('offline');
      return;
    }
    const refusal = read(error);
    this.#options.refused(refusal);
    if (!PASSING.has(refusal.code)) {
      this.#options.status('refused');
      return;
    }
    this.#options.status('offline');
    clearTimeout(this.#again);
    this.#again = setTimeout(() => {
      this.connect();
    }, refusal.retry_after_ms ?? REFUSED_PAUSE_MS);
  }
}

/** A connect error's `data` is a refusal; a bare one has its code as the message. */
function read(error: Error & { data?: unknown }): Refusal {
  const data = error.data as Partial<Refusal> | null | undefined;
  return { message: error.message, ...data, code: data?.code ?? error.message };
}
