/**
 * What stands between one phone and the gateway: a proxy that ends TLS with the gateway's own leaf,
 * so that the browser trusts the local CA and nothing else. Through it every engine can lose its
 * network, be refused WebSockets, get another page, or run a script of the test before the page's;
 * no engine needs to offer any of this itself.
 *
 * The gateway sees the browser's own `Host` and `Origin`: it compares names, not ports. Each phone
 * has a wire, a port and so an origin and a storage of its own.
 */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import { Agent, createServer, request, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { extname, join } from 'node:path';
import type { Duplex } from 'node:stream';

import type { Gateway } from '../../../tests/clients/gateway.mjs';
import { Line } from './line';
import { WATCH } from './watch';

export class Wire {
  /** JavaScript that runs before the page's own; 'self' serves it, so the page's CSP allows it. */
  first = '';
  refusesWebSockets = false;
  /** Whether HTTP connections stay open for the next request. */
  keepsAlive = true;
  /** Turns the gateway's page into the one that is served. */
  page: (html: string) => string = (html) => html;
  /** How often the page was loaded. */
  loads = 0;
  /** Requests of long-polling. */
  polls = 0;
  /** WebSockets that the gateway has accepted. */
  webSockets = 0;
  /** WebSockets that were asked for, accepted or not. */
  webSocketsWanted = 0;
  /** What the watching script has told: script errors and violations of the CSP. */
  readonly reports: string[] = [];

  /** WebSockets that are open. */
  readonly #upgraded = new Set<Duplex>();
  #refusesChat = false;

  private constructor(
    readonly line: Line,
    readonly server: Server,
    readonly gateway: Gateway,
  ) {
    server.on('request', (incoming: IncomingMessage, answer: ServerResponse) => {
      void this.#serve(incoming, answer);
    });
    server.on('upgrade', (incoming: IncomingMessage, socket: Duplex) => {
      this.#upgrade(incoming, socket);
    });
  }

  static async lay(gateway: Gateway): Promise<Wire> {
    // As the gateway's first certificate: a gateway with a wrong clock issues itself another.
    const leaf = await readFile(join(gateway.data, 'tls', 'leaf.pem'));
    const server = createServer({ key: leaf, cert: leaf, ALPNProtocols: ['http/1.1'] });
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    const line = await Line.lay((server.address() as AddressInfo).port);
    return new Wire(line, server, gateway);
  }

  get url(): string {
    return `https://localhost:${this.line.port}`;
  }

  /** The page is to be had, the chat is not: what is open breaks off, and nothing new is let in. */
  set refusesChat(refuses: boolean) {
    this.#refusesChat = refuses;
    if (!refuses) return;
    for (const socket of this.#upgraded) socket.destroy();
    this.server.closeAllConnections();
  }

  async close(): Promise<void> {
    await this.line.close();
    this.server.closeAllConnections();
    this.server.close();
  }

  async #serve(incoming: IncomingMessage, answer: ServerResponse): Promise<void> {
    answer.shouldKeepAlive = this.keepsAlive;
    const path = (incoming.url ?? '/').split('?')[0] ?? '/';
    if (incoming.url?.includes('transport=polling') === true) this.polls += 1;
    if (this.#refusesChat && path.startsWith('/socket.io/')) {
      incoming.socket.destroy();
    } else if (path === '/wire-report') {
      this.reports.push(await text(incoming));
      answer.writeHead(204).end();
    } else if (path === '/wire.js') {
      // Each document asks for it once, whether a service worker kept the page or not.
      this.loads += 1;
      answer.writeHead(200, { 'content-type': 'text/javascript', 'cache-control': 'no-store' });
      answer.end(`${WATCH}\n${this.first}`);
    } else if (path === '/') {
      this.#pass(incoming, answer, { 'accept-encoding': 'identity' }, (reply) =>
        this.#servePage(reply, answer),
      );
    } else {
      const own = await ownFile(path);
      if (own === undefined) this.#pass(incoming, answer);
      else answer.writeHead(200, { 'content-type': own.type }).end(own.body);
    }
  }

  /** The page with the gateway's headers and our script first in it. */
  async #servePage(reply: IncomingMessage, answer: ServerResponse): Promise<void> {
    const served = await text(reply);
    const own = (await ownFile('/index.html'))?.body.toString();
    const html = this.page(own?.replace(PAGE_ID, PAGE_ID.exec(served)?.[0] ?? '') ?? served);
    const headers: IncomingHttpHeaders = { ...reply.headers, 'cache-control': 'no-store' };
    if (own !== undefined) allowStyle(headers, own);
    delete headers['content-length'];
    delete headers.etag;
    answer.writeHead(reply.statusCode ?? 502, headers);
    answer.end(html.replace('<head>', '<head><script src="/wire.js"></script>'));
  }

  #pass(
    incoming: IncomingMessage,
    answer: ServerResponse,
    headers: IncomingHttpHeaders = {},
    take = (reply: IncomingMessage): unknown => {
      answer.writeHead(reply.statusCode ?? 502, reply.headers);
      return reply.pipe(answer);
    },
  ): void {
    const asked = { ...incoming.headers, ...headers };
    if (headers['accept-encoding'] !== undefined) delete asked['if-none-match'];
    const outgoing = request(this.#target(incoming, asked), (reply) => {
      reply.once('error', () => incoming.socket.destroy());
      void take(reply);
    });
    // A gateway that is gone looks to the browser as it would without us in between.
    outgoing.once('error', () => incoming.socket.destroy());
    answer.once('close', () => outgoing.destroy());
    incoming.pipe(outgoing);
  }

  #upgrade(incoming: IncomingMessage, socket: Duplex): void {
    this.webSocketsWanted += 1;
    socket.on('error', () => socket.destroy());
    if (this.#refusesChat) {
      socket.destroy();
      return;
    }
    if (this.refusesWebSockets) {
      socket.end('HTTP/1.1 403 Forbidden\r\nconnection: close\r\ncontent-length: 0\r\n\r\n');
      return;
    }
    const outgoing = request(this.#target(incoming, incoming.headers));
    outgoing.once('error', () => socket.destroy());
    outgoing.once('response', (reply) => {
      socket.end(head(reply));
    });
    outgoing.once('upgrade', (reply, far, rest) => {
      if (!socket.writable) {
        far.destroy();
        return;
      }
      this.webSockets += 1;
      this.#upgraded.add(socket);
      socket.once('close', () => this.#upgraded.delete(socket));
      far.on('error', () => far.destroy());
      far.once('close', () => socket.destroy());
      socket.once('close', () => far.destroy());
      socket.write(head(reply));
      socket.write(rest);
      socket.pipe(far).pipe(socket);
    });
    outgoing.end();
  }

  #target(incoming: IncomingMessage, headers: IncomingHttpHeaders) {
    return {
      host: '127.0.0.1',
      port: this.gateway.ports.tls,
      path: incoming.url,
      method: incoming.method,
      headers,
      agent: ONCE,
      servername: 'localhost',
      // This leg does not leave the machine; what counts is what the browser verifies.
      rejectUnauthorized: false,
    };
  }
}

/** The gateway tells its page's id: one that is served in its place has to go by the same. */
const PAGE_ID = /<meta name="madang-page"[^>]*>/;

/** As the gateway allows the style in the page that it was built with, by its hash. */
function allowStyle(headers: IncomingHttpHeaders, html: string): void {
  const style = /<style>([^]*?)<\/style>/.exec(html)?.[1];
  const policy = headers['content-security-policy'];
  if (style === undefined || typeof policy !== 'string') return;
  const hash = createHash('sha256').update(style).digest('base64');
  headers['content-security-policy'] = policy.replace(
    /style-src [^;]*/,
    `style-src 'self' 'sha256-${hash}'`,
  );
}

/** A connection for each request, so that none is left over from a gateway that was killed. */
const ONCE = new Agent({ keepAlive: false });

/** The raw head of an answer to an upgrade. */
function head(reply: IncomingMessage): string {
  const lines = [`HTTP/1.1 ${reply.statusCode ?? 502} ${reply.statusMessage ?? ''}`];
  for (let at = 0; at < reply.rawHeaders.length; at += 2) {
    lines.push(`${reply.rawHeaders[at] ?? ''}: ${reply.rawHeaders[at + 1] ?? ''}`);
  }
  return `${lines.join('\r\n')}\r\n\r\n`;
}

async function text(message: IncomingMessage): Promise<string> {
  const pieces: Buffer[] = [];
  for await (const piece of message) pieces.push(piece as Buffer);
  return Buffer.concat(pieces).toString();
}

/**
 * A file of the folder `MADANG_PAGE`, if that is set: `MADANG_PAGE=dist npm run e2e` tries the page
 * as it was just built, without building the gateway that will carry it.
 */
async function ownFile(path: string): Promise<{ body: Buffer; type: string } | undefined> {
  const folder = process.env.MADANG_PAGE;
  const type = TYPES[extname(path)];
  if (folder === undefined || folder === '' || type === undefined) return undefined;
  const body = await readFile(join(folder, path)).catch(() => undefined);
  return body === undefined ? undefined : { body, type };
}

const TYPES: Partial<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.webmanifest': 'application/manifest+json',
};
