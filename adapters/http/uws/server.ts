import type { HttpRequest, HttpResponse, us_listen_socket } from 'uWebSockets.js';
import type { HttpListener } from '../../../application/ports/http-listener.ts';
import type { Logger } from '../../../application/ports/logger.ts';
import { type Answer, hasNoBody, type HeaderList, reasonPhrase } from '../answer.ts';
import type { ConnectionBudget } from '../connection-budget.ts';
import type { HttpExchange, StreamBeginning, StreamSocket } from '../exchange.ts';
import type { ListenAddress } from '../listen-address.ts';
import { cannotListen, findFree, PortReservation } from '../port-reservation.ts';
import { RequestBody } from '../request-body.ts';
import type { Routes } from '../routes.ts';
import type { FollowedCertificate, TlsCertificate } from '../tls-certificate.ts';
import { haveThePair, type TlsPair } from '../tls-files.ts';
import { ABI_WITH_SPLIT_REQUEST_FAULT, loadUws, type Uws, type UwsApp } from './addon.ts';
import { adopts, type ParentApp, secureApp } from './secure-app.ts';
import { UwsStreamSocket } from './stream-socket.ts';
import { utf8 } from './utf8.ts';

export interface UwsServerOptions {
  readonly addresses: readonly ListenAddress[];
  readonly connections: ConnectionBudget;
  /** Lets other processes listen on the same port, as workers do; otherwise a second service fails to start. */
  readonly sharePort: boolean;
  /** Undefined: clear text. */
  readonly certificate?: Pick<TlsCertificate, 'files' | 'follow'>;
}

/** The addon's default; it exports no name for it. */
const SHARED_PORT = 0;

/**
 * The addon lets 512 connections wait to be accepted. When all clients of an instance return at once, the kernel drops
 * the rest, which try again after one and three seconds. So a port has several sockets with 512 places each: sixteen
 * give 8192 places, and cost no more than sixteen descriptors. Processes that share a port have one socket each: a
 * socket that closes resets the connections waiting at it, which other processes could serve.
 */
const SOCKETS_OF_A_PORT = 16;

/** HTTP/1.1 on uWebSockets.js, in clear text or over TLS: the fast transport. */
export class UwsServer implements HttpListener {
  readonly #options: UwsServerOptions;
  readonly #routes: Routes;
  readonly #logger: Logger;
  #uws: Uws | undefined;
  #certificate: FollowedCertificate | undefined;
  /** The last one serves new connections. Earlier ones have older certificates, and connections that are still open. */
  readonly #apps: UwsApp[] = [];
  /** Accepts connections for the last app, if that does not do so itself. */
  #acceptor: ParentApp | undefined;
  /** The addresses with their actual ports, and the sockets of each. */
  #bound: readonly Bound[] = [];
  /** Replaced sockets that are still to be closed. */
  #retired: us_listen_socket[] = [];

  constructor(options: UwsServerOptions, routes: Routes, logger: Logger) {
    this.#options = options;
    this.#routes = routes;
    this.#logger = logger;
  }

  get ports(): readonly number[] {
    return this.#bound.map(({ address }) => address.port);
  }

  async listen(): Promise<void> {
    const uws = loadUws();
    if (process.versions.modules === ABI_WITH_SPLIT_REQUEST_FAULT)
      this.#logger.warn('uws_build_has_known_fault', {
        fault: 'a request line that is split across TCP segments may be answered with 505',
        remedy: 'run on Node 24',
      });
    this.#uws = uws;
    const { certificate, addresses } = this.#options;
    this.#certificate = certificate?.follow((changed) => this.#exchange(uws, changed));
    const app = this.#addApp(this.#certificate ? this.#secureApp(uws, this.#certificate.pair) : uws.App());
    if (this.#certificate && adopts(app)) {
      this.#acceptor = uws.SSLApp({}) as ParentApp;
      this.#acceptor.addChildAppDescriptor(app.getDescriptor());
    }
    for (const address of addresses) await this.#bind(this.#acceptor ?? app, address);
  }

  stopListening(): void {
    this.#certificate?.stop();
    this.#closeAll([...this.#bound.flatMap(({ sockets }) => sockets), ...this.#retired]);
    this.#bound = [];
    this.#retired = [];
  }

  /**
   * Cuts every connection. What the kernel has taken is still sent. The rest of a large answer or event, which a slow
   * reader has left with the addon or in `onWritable`, is lost.
   */
  async close(): Promise<void> {
    this.#bound = [];
    this.#retired = [];
    this.#acceptor?.close();
    for (const app of this.#apps) app.close();
  }

  async #bind(app: UwsApp, address: ListenAddress): Promise<void> {
    const { sharePort } = this.#options;
    // The addon shares no port that it chooses itself, so a port of 0 is chosen here too.
    const reservation = sharePort && address.port !== 0 ? undefined : await PortReservation.make([address]);
    const [wanted = address] = reservation?.addresses ?? [];
    // The first socket is bound in this turn. A second service that starts now finds the port held by one or the other,
    // unless its whole probe falls between these two system calls.
    reservation?.release();
    const sockets = this.#socketsOf(app, wanted);
    this.#bound = [...this.#bound, { address: wanted, sockets }];
    if (sockets.length < this.#socketsOfAPort) throw await whyNot(wanted);
  }

  get #socketsOfAPort(): number {
    return this.#options.sharePort ? 1 : SOCKETS_OF_A_PORT;
  }

  /** Returns fewer than wanted if the address cannot be bound. */
  #socketsOf(app: UwsApp, address: ListenAddress): us_listen_socket[] {
    const sockets: us_listen_socket[] = [];
    while (sockets.length < this.#socketsOfAPort) {
      const socket = listenOn(app, address);
      if (socket === false) break;
      sockets.push(socket);
    }
    return sockets;
  }

  #addApp(app: UwsApp): UwsApp {
    app.filter((connection, change) => this.#capConnections(connection, Number(change)));
    app.any('/*', (response, request) => {
      const exchange = new UwsExchange(response, request);
      this.#routes.handle(exchange);
      exchange.turnIsOver();
    });
    this.#apps.push(app);
    return app;
  }

  /**
   * The addon reads the files itself, so they are compared again afterwards: it must have read the pair that was
   * checked.
   *
   * @throws Error if it cannot use them
   */
  #secureApp(uws: Uws, pair: TlsPair): UwsApp {
    const files = this.#options.certificate?.files ?? { certFile: '', keyFile: '' };
    const app = secureApp(uws, files);
    if (haveThePair(files, pair)) return app;
    app.close();
    throw new Error('TLS_CERT_FILE or TLS_KEY_FILE changed while it was read');
  }

  /**
   * From here on new connections get another certificate; open ones keep theirs. An app cannot change its certificate,
   * and changing that of a server name frees memory that open connections use. So a new app is made.
   */
  #exchange(uws: Uws, pair: TlsPair): void {
    const previous = this.#apps.at(-1);
    const app = this.#secureApp(uws, pair);
    if (this.#acceptor !== undefined && previous !== undefined && adopts(previous) && adopts(app)) {
      this.#addApp(app);
      this.#acceptor.addChildAppDescriptor(app.getDescriptor());
      this.#acceptor.removeChildAppDescriptor(previous.getDescriptor());
    } else this.#bindAgain(app);
  }

  /** @throws Error if an address cannot be bound again; then nothing changes */
  #bindAgain(app: UwsApp): void {
    const bound = this.#bound.map(({ address }) => ({ address, sockets: this.#socketsOf(app, address) }));
    if (bound.some(({ sockets }) => sockets.length < this.#socketsOfAPort)) {
      app.close();
      throw new Error('the listening sockets cannot be bound once more');
    }
    this.#addApp(app);
    this.#retired.push(...this.#bound.flatMap(({ sockets }) => sockets));
    this.#bound = bound;
    this.#closeRetired();
    this.#logger.warn('certificate_exchange_may_reset', {
      why: 'connections that were being made at the old listening sockets are reset; streams are not',
      remedy: 'run on Node 24',
    });
  }

  /**
   * Closes one socket a turn, after the turn's I/O: a socket that closes resets the connections waiting at it, and the
   * addon has just accepted those. After a turn with many handshakes new ones may be waiting; then one socket resets
   * some, and not all sockets at once.
   */
  #closeRetired(): void {
    setImmediate(() => {
      const socket = this.#retired.shift();
      if (socket === undefined) return;
      this.#closeAll([socket]);
      this.#closeRetired();
    });
  }

  #closeAll(sockets: readonly us_listen_socket[]): void {
    for (const socket of sockets) this.#uws?.us_listen_socket_close(socket);
  }

  #capConnections(connection: HttpResponse, change: number): void {
    if (change < 0) this.#options.connections.closed();
    else if (!this.#options.connections.opened()) connection.close();
  }
}

interface Bound {
  readonly address: ListenAddress;
  readonly sockets: readonly us_listen_socket[];
}

/** The addon also takes the options after a host, and their type is an enum that it does not export. */
interface Listen {
  (port: number, options: number, done: ListenResult): void;
  (host: string, port: number, options: number, done: ListenResult): void;
}
type ListenResult = (socket: us_listen_socket | false) => void;

/** The addon calls back before it returns. */
function listenOn(app: UwsApp, { host, port }: ListenAddress): us_listen_socket | false {
  let bound: us_listen_socket | false = false;
  const listen = app.listen.bind(app) as unknown as Listen;
  const take: ListenResult = (socket) => void (bound = socket);
  if (host === '') listen(port, SHARED_PORT, take);
  else listen(host, port, SHARED_PORT, take);
  return bound;
}

/** The addon does not say why it cannot bind; Node does. */
async function whyNot(address: ListenAddress): Promise<unknown> {
  return findFree([address]).then(
    () => cannotListen(address, 'it was in use until now'),
    (reason: unknown) => reason,
  );
}

class UwsExchange implements HttpExchange {
  readonly method: string;
  readonly path: string;
  readonly #response: HttpResponse;
  readonly #request: HttpRequest;
  /**
   * Names and values in turn, from the first request for one on: a call of the addon for each costs more than this
   * look-up.
   */
  #headers: string[] | undefined;
  #isInTurn = true;
  #state: 'open' | 'answered' | 'gone' = 'open';
  #gone: (() => void) | undefined;

  constructor(response: HttpResponse, request: HttpRequest) {
    this.method = request.getCaseSensitiveMethod();
    this.path = request.getUrl();
    this.#response = response;
    this.#request = request;
    response.onAborted(() => {
      this.#state = 'gone';
      this.#gone?.();
    });
  }

  /** The request must not be read any more, and a stream must not keep its headers. */
  turnIsOver(): void {
    this.#isInTurn = false;
    this.#headers = undefined;
  }

  get isGone(): boolean {
    return this.#state === 'gone';
  }

  get query(): string {
    // eslint-disable-next-line @typescript-eslint/no-unnecessary-condition -- undefined without a query, on some builds
    return this.#request.getQuery() ?? '';
  }

  header(name: string): string {
    const headers = this.#readHeaders();
    for (let at = 0; at < headers.length; at += 2) if (headers[at] === name) return headers[at + 1] as string;
    return '';
  }

  headerLines(name: string): string {
    let lines: string | undefined;
    const headers = this.#readHeaders();
    for (let at = 0; at < headers.length; at += 2)
      if (headers[at] === name) lines = lines === undefined ? headers[at + 1] : `${lines},${headers[at + 1]}`;
    return lines ?? '';
  }

  /**
   * The socket's own address: the addon reads the PROXY protocol from any client, and a client can write any address in
   * it.
   */
  peerAddress(): string {
    return Buffer.from(this.#response.getRemoteAddressAsText()).toString('latin1');
  }

  contentLengths(): number {
    let lengths = 0;
    const headers = this.#readHeaders();
    for (let at = 0; at < headers.length; at += 2) if (headers[at] === 'content-length') lengths++;
    return lengths;
  }

  readBody(limitBytes: number, take: (body: Buffer | 'too_large') => void): void {
    let body: RequestBody | undefined;
    let isOver = false;
    this.#response.onData((chunk, isLast) => {
      if (isOver) return;
      isOver = isLast;
      // Most bodies arrive whole. The parser reuses the memory of a chunk when this returns.
      if (isLast && body === undefined && chunk.byteLength <= limitBytes) return take(Buffer.from(chunk));
      body ??= new RequestBody(limitBytes);
      if (!body.add(new Uint8Array(chunk))) {
        isOver = true;
        take('too_large');
      } else if (isLast) take(body.bytes);
    });
  }

  answer(answer: Answer): void {
    if (this.#state !== 'open') return;
    this.#state = 'answered';
    // In the handler's turn the response is already corked.
    if (this.#isInTurn) this.#write(answer);
    else this.#response.cork(() => this.#write(answer));
  }

  onGone(callback: () => void): void {
    this.#gone = callback;
  }

  #write({ status, headers, body, close = false }: Answer): void {
    const response = this.#response;
    response.writeStatus(headOf(status, headers));
    if (hasNoBody(status)) response.endWithoutBody();
    else if (this.method === 'HEAD') response.endWithoutBody(Buffer.byteLength(body), close);
    else if (typeof body === 'string') response.end(utf8(body), close);
    else if (close) response.end(body, close);
    else this.#writeShared(body);
  }

  /**
   * The addon copies what `end` could not write, once for each client that reads slowly. What `tryEnd` could not write
   * stays here, in one piece of memory that all of them share. A client that takes nothing for ten seconds is cut off.
   */
  #writeShared(body: Uint8Array): void {
    const response = this.#response;
    const [, isOver] = response.tryEnd(body, body.byteLength);
    if (!isOver) response.onWritable((offset) => response.tryEnd(body.subarray(offset), body.byteLength)[0]);
  }

  beginStream({ headers, firstBytes, keepAlive }: StreamBeginning): StreamSocket {
    const response = this.#response;
    // The handler's cork keeps these and the newest update after them in one segment.
    response.writeStatus(headOf(200, headers));
    response.writeHeader('Connection', 'keep-alive');
    const socket = new UwsStreamSocket(response, keepAlive);
    this.#gone = () => socket.gone();
    socket.write(firstBytes);
    return socket;
  }

  #readHeaders(): readonly string[] {
    if (this.#headers !== undefined) return this.#headers;
    const headers: string[] = [];
    this.#request.forEach((name, value) => void headers.push(name, value));
    return (this.#headers = headers);
  }
}

/** The heads of answers; most of their headers are constants. */
const headsOf = new WeakMap<HeaderList, { readonly status: number; readonly text: string }>();

/**
 * The status line and the headers as one text, which the addon writes as it is: passing each header by itself would
 * measurably lower the rate of POSTs. None of our values comes from a request.
 */
function headOf(status: number, headers: HeaderList): string {
  const before = headsOf.get(headers);
  if (before?.status === status) return before.text;
  const text = `${status} ${reasonPhrase(status)}${headers.map(([name, value]) => `\r\n${name}: ${value}`).join('')}`;
  headsOf.set(headers, { status, text });
  return text;
}
