/**
 * Somebody with one of the official Socket.IO clients: comes in, asks and waits for the answer,
 * remembers everything that arrives.
 */
import assert from 'node:assert/strict';

import { io as newest } from 'socket.io-client';
import { io as oldest } from 'socket.io-client-4.0';

/** How long anything may take on a busy machine. */
const PATIENCE_MS = 20_000;

/** Each official client that is tried, in each way that it can travel. */
export const WAYS = [
  ['4.8', newest],
  ['4.0', oldest],
].flatMap(([version, io]) =>
  [
    ['by WebSocket only', ['websocket']],
    ['by polling only', ['polling']],
    ['upgrading', undefined],
  ].map(([name, transports]) => ({ label: `socket.io-client ${version} ${name}`, io, transports })),
);

/** The connection is gone, so the question may or may not have arrived. */
export class Lost extends Error {}

export class Person {
  /** Everything that arrived, in order: `{ event, args }`. */
  heard = [];
  #waiting = new Set();
  #greeted = false;

  constructor(socket) {
    this.socket = socket;
    socket.on('disconnect', () => (this.#greeted = false));
    socket.onAny((event, ...args) => {
      if (event === 'hello') {
        this.#greeted = true;
        // The same phone is the same person when it comes back.
        socket.auth = { ...socket.auth, token: args[0].token };
      }
      this.heard.push({ event, args });
      for (const check of this.#waiting) check();
    });
  }

  /** Comes in: resolves when the gateway has said `hello`. */
  static async arrive(gateway, { io = newest, transports, ...auth } = {}) {
    const person = new Person(
      io(gateway.url, {
        auth,
        forceNew: true,
        reconnectionDelay: 200,
        reconnectionDelayMax: 1_000,
        ...(transports === undefined ? {} : { transports }),
      }),
    );
    try {
      await person.isIn();
    } catch (error) {
      person.goes();
      throw error;
    }
    return person;
  }

  /** The latest `hello`. */
  get hello() {
    return this.all('hello').at(-1)?.[0];
  }

  get transport() {
    return this.socket.io.engine.transport.name;
  }

  /** The arguments of each arrival of an event. */
  all(event) {
    return this.heard.filter((arrival) => arrival.event === event).map(({ args }) => args);
  }

  /** The first arguments of an event for which `fits` holds, now or later. */
  hears(event, fits = () => true) {
    const find = () => this.all(event).find((args) => fits(...args));
    return this.#until(find, () => `hears ${event}; so far: ${JSON.stringify(this.heard)}`);
  }

  /** Is connected and greeted, now or later. */
  async isIn() {
    await this.#until(
      () => (this.#greeted ? true : undefined),
      () => 'is back',
    );
  }

  /** Waits until `find` gives something; looked at after each arrival. */
  async #until(find, what) {
    return new Promise((resolve, reject) => {
      const check = () => {
        const found = find();
        if (found === undefined) return;
        clearTimeout(timer);
        this.#waiting.delete(check);
        resolve(found);
      };
      const timer = setTimeout(() => {
        this.#waiting.delete(check);
        reject(new Error(`waited in vain until somebody ${what()}`));
      }, PATIENCE_MS);
      this.#waiting.add(check);
      check();
    });
  }

  /** Asks, whatever the answer; rejects with `Lost` when the connection goes before it comes. */
  async ask(event, ...args) {
    if (!this.#greeted) throw new Lost(event);
    return new Promise((resolve, reject) => {
      const end = (settle, value) => {
        clearTimeout(timer);
        this.socket.off('disconnect', lost);
        settle(value);
      };
      const lost = () => end(reject, new Lost(event));
      const timer = setTimeout(
        () => end(reject, new Error(`no answer to ${event} ${JSON.stringify(args)}`)),
        PATIENCE_MS,
      );
      this.socket.once('disconnect', lost);
      this.socket.emit(event, ...args, (...answer) => end(resolve, answer[0]));
    });
  }

  /** Asks, and is not refused. */
  async gets(event, ...args) {
    const answer = await this.ask(event, ...args);
    assert.equal(answer?.ok, true, `${event} was answered ${JSON.stringify(answer)}`);
    return answer;
  }

  /** Asks, and is refused with this code. */
  async isRefused(code, event, ...args) {
    const answer = await this.ask(event, ...args);
    assert.equal(answer?.ok, false, `${event} was answered ${JSON.stringify(answer)}`);
    assert.equal(answer.error.code, code);
    assert.equal(typeof answer.error.message, 'string');
    return answer.error;
  }

  goes() {
    this.socket.disconnect();
  }
}
