import type { IncomingHttpHeaders } from 'node:http';
import type { Writable } from 'node:stream';
import type { Answer, HeaderList } from '../answer.ts';
import type { HttpExchange, StreamBeginning, StreamSocket } from '../exchange.ts';
import { NodeStreamSocket } from './stream-socket.ts';

/** The parts of a request that both protocols have: the target with its query. */
export interface RequestHead {
  readonly method: string | undefined;
  readonly target: string | undefined;
  readonly headers: IncomingHttpHeaders;
}

/** One request on Node's own modules. Subclasses write in their protocol; this class notices that the client has gone. */
export abstract class NodeExchange<Response extends Writable> implements HttpExchange {
  readonly method: string;
  readonly path: string;
  readonly query: string;
  protected readonly response: Response;
  readonly #headers: IncomingHttpHeaders;
  #state: 'open' | 'answered' | 'gone' = 'open';
  #gone: (() => void) | undefined;

  constructor({ method = '', target = '', headers }: RequestHead, response: Response) {
    this.method = method;
    const query = target.indexOf('?');
    this.path = query < 0 ? target : target.slice(0, query);
    this.query = query < 0 ? '' : target.slice(query + 1);
    this.response = response;
    this.#headers = headers;
    response.once('close', () => {
      if (this.#state === 'open') this.#state = 'gone';
      this.#gone?.();
    });
  }

  get isGone(): boolean {
    return this.#state === 'gone' || (this.#state === 'open' && this.#isClosed());
  }

  header(name: string): string {
    const value = this.#headers[name];
    return Array.isArray(value) ? value.join(', ') : (value ?? '');
  }

  /** Node joins the lines itself. */
  headerLines(name: string): string {
    return this.header(name);
  }

  answer(answer: Answer): void {
    if (!this.#claim()) return;
    this.writeAnswer(answer);
  }

  onGone(callback: () => void): void {
    this.#gone = callback;
  }

  beginStream({ headers, firstBytes, keepAlive }: StreamBeginning): StreamSocket {
    const socket = new NodeStreamSocket(this.response, keepAlive, {
      properly: () => this.endStream(),
      cut: () => this.cutStream(),
    });
    if (this.#claim()) {
      this.#gone = () => socket.gone();
      this.writeStreamHead(headers);
      socket.write(firstBytes);
    } else socket.gone();
    return socket;
  }

  abstract peerAddress(): string;
  abstract contentLengths(): number;
  abstract readBody(limitBytes: number, take: (body: Buffer | 'too_large') => void): void;
  protected abstract writeAnswer(answer: Answer): void;
  protected abstract writeStreamHead(headers: HeaderList): void;
  protected abstract endStream(): void;
  protected abstract cutStream(): void;

  /** Whether the one response may be written now. */
  #claim(): boolean {
    if (this.#state !== 'open' || this.#isClosed()) return false;
    this.#state = 'answered';
    return true;
  }

  /** A reset is known one turn before its `close` is emitted, and a write in that turn would throw. */
  #isClosed(): boolean {
    return this.response.destroyed || this.response.closed;
  }
}
