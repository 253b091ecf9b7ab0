import { createServer as createTcpServer, type Server, type Socket } from 'node:net';
import {
  createServer as createTlsServer,
  type SecureContextOptions,
  type TLSSocket,
  Server as TlsServer,
} from 'node:tls';
import type { HttpListener } from '../../../application/ports/http-listener.ts';
import type { Logger } from '../../../application/ports/logger.ts';
import type { ConnectionBudget } from '../connection-budget.ts';
import type { ListenAddress } from '../listen-address.ts';
import { NodeHttp1Server } from './http1-server.ts';
import { NodeHttp2Server } from './http2-server.ts';
import { FLUSH_MS, REQUEST_MS } from './limits.ts';
import { cannotListen } from '../port-reservation.ts';
import { whenProtocolKnown } from './protocol-preface.ts';
import type { Routes } from '../routes.ts';
import type { FollowedCertificate, TlsCertificate } from '../tls-certificate.ts';
import type { TlsPair } from '../tls-files.ts';
import { TLS_1_2_SUITES } from '../tls-suites.ts';

export interface NodeServerOptions {
  readonly addresses: readonly ListenAddress[];
  readonly connections: ConnectionBudget;
  /** With it, TLS; the client chooses the protocol by ALPN. Without, by its first bytes. */
  readonly certificate?: TlsCertificate;
  /** With TLS: HTTP/1.1 alone, and no ALPN, as on uWebSockets.js. */
  readonly http1Only?: boolean;
}

const ALPN = { ALPNProtocols: ['h2', 'http/1.1'] };
const TLS_1_3_SUITES = ['TLS_AES_256_GCM_SHA384', 'TLS_CHACHA20_POLY1305_SHA256', 'TLS_AES_128_GCM_SHA256'];
const CIPHERS = [...TLS_1_3_SUITES, ...TLS_1_2_SUITES].join(':');

/** HTTP/2 and HTTP/1.1 on Node's own modules: slower than the addon, with TLS, and on every platform. */
export class NodeServer implements HttpListener {
  readonly #options: NodeServerOptions;
  readonly #http1: NodeHttp1Server;
  readonly #http2: NodeHttp2Server;
  readonly #servers: Server[] = [];
  readonly #sockets = new Set<Socket>();
  #certificate: FollowedCertificate | undefined;
  #emptied: (() => void) | undefined;

  constructor(options: NodeServerOptions, routes: Routes, logger: Logger) {
    this.#options = options;
    this.#http1 = new NodeHttp1Server(routes);
    this.#http2 = new NodeHttp2Server(routes, logger);
  }

  get ports(): readonly number[] {
    return this.#servers.map((server) => {
      const address = server.address();
      return typeof address === 'object' ? (address?.port ?? 0) : 0;
    });
  }

  async listen(): Promise<void> {
    const { certificate, addresses } = this.#options;
    this.#certificate = certificate?.follow((changed) => {
      for (const server of this.#servers) if (server instanceof TlsServer) server.setSecureContext(contextOf(changed));
    });
    const pair = this.#certificate?.pair;
    for (const address of addresses) await this.#bind(pair === undefined ? this.#plain() : this.#secure(pair), address);
  }

  stopListening(): void {
    this.#certificate?.stop();
    for (const server of this.#servers) server.close();
    this.#http1.drain();
    this.#http2.drain();
  }

  /** The last bytes are still on their way: they get a moment, then the connections are cut. */
  async close(): Promise<void> {
    this.#http1.close();
    await new Promise<void>((resolve) => {
      if (this.#sockets.size === 0) return resolve();
      const late = setTimeout(resolve, FLUSH_MS);
      this.#emptied = () => {
        clearTimeout(late);
        resolve();
      };
    });
    for (const socket of this.#sockets) socket.destroy();
  }

  async #bind(server: Server, address: ListenAddress): Promise<void> {
    const { host, port } = address;
    await new Promise<void>((resolve, reject) => {
      const refused = (error: Error): void => reject(cannotListen(address, error));
      server.once('error', refused);
      // Without a host Node listens on IPv6 and IPv4, or on IPv4 alone where the machine has no other.
      server.listen({ port, ...(host === '' ? {} : { host }) }, () => {
        server.off('error', refused);
        // What fails at a connection from here on, such as too many open files, ends that connection alone.
        server.on('error', () => undefined);
        resolve();
      });
    });
    this.#servers.push(server);
  }

  #plain(): Server {
    return createTcpServer({ noDelay: true }, (socket) => {
      if (this.#admit(socket)) whenProtocolKnown(socket, (protocol) => this.#serve(protocol, socket));
    });
  }

  #secure(pair: TlsPair): TlsServer {
    const server = createTlsServer(
      {
        ...contextOf(pair),
        ...(this.#options.http1Only === true ? {} : ALPN),
        handshakeTimeout: REQUEST_MS,
        noDelay: true,
      },
      (socket: TLSSocket) => this.#serve(socket.alpnProtocol === 'h2' ? 'http2' : 'http1', socket),
    );
    // Also after its time-out: Node does not close a client that has not finished its handshake by then.
    server.on('tlsClientError', (_error, socket) => socket.destroy());
    return server.on('connection', (socket: Socket) => void this.#admit(socket));
  }

  #admit(socket: Socket): boolean {
    const hasRoom = this.#options.connections.opened();
    this.#sockets.add(socket);
    socket.on('error', () => socket.destroy());
    socket.once('close', () => {
      this.#sockets.delete(socket);
      this.#options.connections.closed();
      if (this.#sockets.size === 0) this.#emptied?.();
    });
    if (!hasRoom) socket.destroy();
    return hasRoom;
  }

  #serve(protocol: 'http1' | 'http2', socket: Socket): void {
    if (protocol === 'http2') this.#http2.serve(socket);
    else this.#http1.serve(socket);
  }
}

function contextOf({ cert, key }: TlsPair): SecureContextOptions {
  return { cert, key, ciphers: CIPHERS, minVersion: 'TLSv1.2' };
}
