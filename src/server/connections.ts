import http, { type RequestListener, type Server } from 'node:http';
import https from 'node:https';
import { isIPv6, type Socket } from 'node:net';
import type { FastifyInstance } from 'fastify';

/** How long clients may take, in milliseconds, and how many connections they may hold. */
export interface ConnectionLimits {
  /** From the start of a connection or request to the end of its headers; also for the handshake of TLS. */
  readonly headersTime: number;
  /** From the start of a request to the end of its body. */
  readonly requestTime: number;
  /** For a client to take its answer. */
  readonly answerTime: number;
  /** Between an answer and the next request. Longer than the 60 s of common proxies, so that those close first. */
  readonly idleTime: number;
  /** Connections at the same time; more are closed at once. */
  readonly connections: number;
  /** Connections of one address that wait for its client: before, while or after a request arrives. */
  readonly waitingPerAddress: number;
}

export const usualConnectionLimits: ConnectionLimits = {
  headersTime: 20_000,
  requestTime: 300_000,
  answerTime: 300_000,
  idleTime: 72_000,
  connections: 4096,
  waitingPerAddress: 512,
};

/** Bytes of a request's first line and headers. */
const headerBytes = 16 << 10;
/** Milliseconds between checks of the time limits; fewer where the limits are short. */
const longestCheck = 5000;

/**
 * Keeps clients that are slow, or open connections and send nothing, from shutting others out: their time is limited, and
 * each address has a number of connections that wait for it. One more closes the one that has waited longest, so that a
 * client whose idle connections were forgotten can still connect. Connections whose requests are being answered do not
 * count: there are other limits for those.
 */
export class Connections {
  /** The connections of each address that wait, those that have waited the longest first. */
  readonly #waiting = new Map<string, Set<Connection>>();
  readonly #open = new Map<string, Connection>();

  constructor(private readonly limits: ConnectionLimits) {}

  /** An HTTP server with these limits; HTTPS with a certificate. */
  createServer(handler: RequestListener, tls?: { readonly cert: string; readonly key: string }): Server {
    const { headersTime, requestTime, idleTime, connections } = this.limits;
    const options = {
      headersTimeout: headersTime,
      requestTimeout: requestTime,
      keepAliveTimeout: idleTime,
      connectionsCheckingInterval: Math.min(longestCheck, headersTime / 4),
      maxHeaderSize: headerBytes,
    };
    const server = tls
      ? https.createServer({ ...options, ...tls, handshakeTimeout: headersTime }, handler)
      : http.createServer(options, handler);
    server.maxConnections = connections;
    server.on('connection', (socket: Socket) => this.#add(socket));
    return server;
  }

  /** Follows requests from the end of their bodies to the end of their answers. */
  watch(app: FastifyInstance): void {
    app.addHook('preHandler', async ({ raw }, reply) => {
      const connection = this.#open.get(nameOf(raw.socket));
      if (!connection) return;
      this.#leave(connection);
      reply.raw.once('close', () => this.#wait(connection));
    });
    app.addHook('onSend', async (_request, { raw }) => {
      const timer = setTimeout(() => raw.destroy(), this.limits.answerTime);
      timer.unref();
      raw.once('close', () => clearTimeout(timer));
    });
  }

  #add(socket: Socket): void {
    const { remoteAddress } = socket;
    // The client has left already.
    if (remoteAddress === undefined) return;
    const name = nameOf(socket);
    const connection: Connection = { socket, address: addressGroup(remoteAddress) };
    this.#open.set(name, connection);
    socket.once('close', () => {
      this.#leave(connection);
      if (this.#open.get(name) === connection) this.#open.delete(name);
    });
    this.#wait(connection);
  }

  #wait(connection: Connection): void {
    const { socket, address } = connection;
    if (socket.destroyed) return;
    const waiting = this.#waiting.get(address) ?? new Set();
    this.#waiting.set(address, waiting.add(connection));
    if (waiting.size <= this.limits.waitingPerAddress) return;
    const [longest] = waiting;
    this.#leave(longest!);
    longest!.socket.destroy();
  }

  #leave(connection: Connection): void {
    const waiting = this.#waiting.get(connection.address);
    if (waiting?.delete(connection) && waiting.size === 0) this.#waiting.delete(connection.address);
  }
}

interface Connection {
  readonly socket: Socket;
  readonly address: string;
}

/** A connection is known by its ends: over TLS, requests have another socket than the one that was accepted. */
const nameOf = ({ remoteAddress, remotePort, localAddress }: Socket): string =>
  `${remoteAddress} ${remotePort} ${localAddress}`;

/** What counts as one client: an address, and of IPv6 a network of 64 bits, which a single client may have all of. */
export function addressGroup(address: string): string {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1];
  if (mapped !== undefined || !isIPv6(address)) return mapped ?? address;
  const [before, after] = address.split('%')[0]!.split('::') as [string, string | undefined];
  const [head, tail] = [before, after ?? ''].map((part) => (part === '' ? [] : part.split(':'))) as [
    string[],
    string[],
  ];
  const zeros = Array.from({ length: 8 - head.length - tail.length }, () => '0');
  const groups = after === undefined ? head : [...head, ...zeros, ...tail];
  return groups
    .slice(0, 4)
    .map((group) => Number.parseInt(group, 16).toString(16))
    .join(':');
}
