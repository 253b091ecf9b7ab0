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
import { ABI_WITH_SPLIT_REQUEST_FAULT, loadUws, type Uws } from './addon.ts';
import { UwsStreamSocket } from './stream-socket.ts';

export interface UwsServerOptions {
  readonly addresses: readonly ListenAddress[];
  readonly connections: ConnectionBudget;
  /** Let other processes listen on the same port, as workers do; otherwise a second service fails to start. */
  readonly sharePort: boolean;
}

/** The addon's default, for which it exports no name. */
const SHARED_PORT = 0;

/**
 * The addon lets 512 connections wait to be accepted. When all clients of an instance come back at once, those beyond
 * are dropped and try again after one and three seconds, so a port has several sockets that each let 512 wait. Processes
 * that share a port have one each: a socket that closes resets those that wait at it, while others could serve them.
 */
const SOCKETS_OF_A_PORT = 16;

/** HTTP/1.1 on uWebSockets.js: the fast transport. */
export class UwsServer implements HttpListener {
  readonly #options: UwsServerOptions;
  readonly #routes: Routes;
  readonly #logger: Logger;
  #uws: Uws | undefined;
  #app: ReturnType<Uws['App']> | undefined;
  /** The sockets of each address. */
  readonly #listening: us_listen_socket[][] = [];

  constructor(options: UwsServerOptions, routes: Routes, logger: Logger) {
    this.#options = options;
    this.#routes = routes;
    this.#logger = logger;
  }

  get ports(): readonly number[] {
    return this.#listening.flatMap((sockets) =>
      sockets.slice(0, 1).map((socket) => this.#uws?.us_socket_local_port(socket) ?? 0),
    );
  }

  async listen(): Promise<void> {
    const uws = loadUws();
    if (process.versions.modules === ABI_WITH_SPLIT_REQUEST_FAULT)
      this.#logger.warn('uws_build_has_known_fault', {
        fault: 'a request line that is split across TCP segments may be answered with 505',
        remedy: 'run on Node 24',
      });
    this.#uws = uws;
    this.#app = uws.App();
    this.#app.filter((connection, change) => this.#capConnections(connection, Number(change)));
    this.#app.any('/*', (response, request) => {
      const exchange = new UwsExchange(response, request);
      this.#routes.handle(exchange);
      exchange.turnIsOver();
    });
    for (const address of this.#options.addresses) await this.#bind(this.#app, address);
  }

  stopListening(): void {
    for (const socket of this.#listening.flat()) this.#uws?.us_listen_socket_close(socket);
    this.#listening.length = 0;
  }

  /** What was written is with the kernel already. */
  async close(): Promise<void> {
    this.#listening.length = 0;
    this.#app?.close();
  }

  async #bind(app: ReturnType<Uws['App']>, address: ListenAddress): Promise<void> {
    const { sharePort } = this.#options;
    // The addon shares no port that it was to choose itself, so that one is chosen here too.
    const reservation = sharePort && address.port !== 0 ? undefined : await PortReservation.make([address]);
    const [{ host, port } = address] = reservation?.addresses ?? [];
    const sockets: us_listen_socket[] = [];
    this.#listening.push(sockets);
    // The first socket is bound in this turn. A second service that starts now finds the port held by one or the other,
    // unless all of its own probe falls between these two system calls.
    reservation?.release();
    for (let bound = 0; bound < (sharePort ? 1 : SOCKETS_OF_A_PORT); bound++) {
      const socket = await listenOn(app, host, port);
      if (socket === false) throw await whyNot({ host, port });
      sockets.push(socket);
    }
  }

  #capConnections(connection: HttpResponse, change: number): void {
    if (change < 0) this.#options.connections.closed();
    else if (!this.#options.connections.opened()) connection.close();
  }
}

type ListenOnHost = (
  host: string,
  port: number,
  options: number,
  done: (socket: us_listen_socket | false) => void,
) => void;

function listenOn(app: ReturnType<Uws['App']>, host: string, port: number): Promise<us_listen_socket | false> {
  return new Promise((resolve) => {
    if (host === '') app.listen(port, SHARED_PORT, resolve);
    // The addon takes the options after the port here too, which its type declarations leave out.
    else (app.listen.bind(app) as unknown as ListenOnHost)(host, port, SHARED_PORT, resolve);
  });
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
  /** Names and values in turn, once they were asked for: each call of the addon for one costs more than to look here. */
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

  /** The request is not to be read any more, and a stream must not keep its headers. */
  turnIsOver(): void {
    this.#isInTurn = false;
    this.#headers = undefined;
  }

  get isGone(): boolean {
    return this.#state === 'gone';
  }

  get query(): string {
    // Undefined where there is none, on some builds.
    return (this.#request.getQuery() as string | undefined) ?? '';
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

  /** The socket's own: the addon reads the PROXY protocol from any client, which can write any address in it. */
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
      // Most come whole. The memory behind a chunk is the parser's again when this returns.
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
    // Inside the handler's turn the response is corked already.
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
    else if (typeof body === 'string' || close) response.end(body, close);
    else this.#writeShared(body);
  }

  /**
   * The addon keeps a copy of what `end` could not write, one for each client that reads slowly. What `tryEnd` could
   * not write stays here, in the one piece of memory that all of them read. A client that takes nothing for ten seconds
   * is cut.
   */
  #writeShared(body: Uint8Array): void {
    const response = this.#response;
    const [, isOver] = response.tryEnd(body, body.byteLength);
    if (!isOver) response.onWritable((offset) => response.tryEnd(body.subarray(offset), body.byteLength)[0]);
  }

  beginStream({ headers, firstBytes, keepAlive }: StreamBeginning): StreamSocket {
    const response = this.#response;
    // The handler's own cork holds these, and the newest update after them, together in one segment.
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

/** The heads of answers, most of whose headers are constants. */
const headsOf = new WeakMap<HeaderList, { readonly status: number; readonly text: string }>();

/**
 * The status line and the headers as one text, which the addon writes as it is: to hand it each header by itself
 * would show in the rate of POSTs. No value of ours comes from a request.
 */
function headOf(status: number, headers: HeaderList): string {
  const before = headsOf.get(headers);
  if (before?.status === status) return before.text;
  const text = `${status} ${reasonPhrase(status)}${headers.map(([name, value]) => `\r\n${name}: ${value}`).join('')}`;
  headsOf.set(headers, { status, text });
  return text;
}
