/**
 * The cable between a browser and a wire: plain TCP, byte for byte, that can be cut, frozen and
 * slow. It knows nothing of TLS or HTTP.
 */
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';

interface Pair {
  readonly near: Socket;
  readonly far: Socket;
}

export class Line {
  /** How long each piece is under way, in milliseconds. */
  delay = 0;
  #state: 'open' | 'cut' | 'frozen' = 'open';
  readonly #server: Server;
  readonly #pairs = new Set<Pair>();
  /** Who came while the line was frozen: accepted by the kernel, answered by nobody. */
  readonly #held = new Set<Socket>();

  private constructor(readonly far: number) {
    this.#server = createServer({ pauseOnConnect: true }, (near) => {
      near.on('error', () => near.destroy());
      if (this.#state === 'cut') near.resetAndDestroy();
      else if (this.#state === 'frozen') this.#hold(near);
      else this.#join(near);
    });
  }

  /** A line to a port of this machine. */
  static async lay(far: number): Promise<Line> {
    const line = new Line(far);
    await new Promise<void>((done) => line.#server.listen(0, '127.0.0.1', done));
    return line;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** What is open breaks off, and nothing new comes through: no network, and the phone knows it. */
  cut(): void {
    this.#state = 'cut';
    for (const pair of this.#pairs) this.#end(pair);
    for (const near of this.#held) near.resetAndDestroy();
    this.#held.clear();
  }

  /** Nothing comes through and nothing breaks off, as for a phone that is locked or out of range. */
  freeze(): void {
    this.#state = 'frozen';
    for (const { near, far } of this.#pairs) {
      near.pause();
      far.pause();
    }
  }

  /** New connections come through again, and what was frozen goes on. */
  mend(): void {
    this.#state = 'open';
    for (const { near, far } of this.#pairs) {
      near.resume();
      far.resume();
    }
    for (const near of this.#held) this.#join(near);
    this.#held.clear();
  }

  /** New connections come through again; what was frozen stays silent for ever, and open. */
  mendForNew(): void {
    this.#state = 'open';
    this.#held.clear();
  }

  async close(): Promise<void> {
    this.cut();
    await new Promise((done) => this.#server.close(done));
  }

  #hold(near: Socket): void {
    this.#held.add(near);
    near.once('close', () => this.#held.delete(near));
  }

  #join(near: Socket): void {
    const pair = { near, far: connect(this.far, '127.0.0.1') };
    this.#pairs.add(pair);
    this.#carry(pair, near, pair.far);
    this.#carry(pair, pair.far, near);
    near.resume();
  }

  #carry(pair: Pair, from: Socket, to: Socket): void {
    from.setNoDelay(true);
    from.on('data', (bytes) => {
      this.#later(() => to.writable && to.write(bytes));
    });
    from.on('end', () => {
      this.#later(() => to.end());
    });
    from.on('error', () => from.destroy());
    from.on('close', () => {
      this.#later(() => {
        this.#end(pair);
      });
    });
  }

  #later(act: () => unknown): void {
    if (this.delay === 0) act();
    else setTimeout(act, this.delay);
  }

  #end(pair: Pair): void {
    this.#pairs.delete(pair);
    pair.near.destroy();
    pair.far.destroy();
  }
}
