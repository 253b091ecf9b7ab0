import { connect as connectTcp, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { endpointOf } from './endpoint.ts';

/** How a stream ended: with its last chunk, or without it. */
type Ending = 'proper' | 'cut';

/**
 * A stream read directly from the socket. An HTTP client hides what is needed here: when the head and each piece
 * arrived, and whether a chunk was closed.
 */
export class RawStream {
  readonly #socket: Socket;
  readonly #openedMs = performance.now();
  readonly #changed = new Set<() => void>();
  #unread = Buffer.alloc(0);
  #isChunked = false;
  /** Bytes that remain of the open chunk; undefined: a size comes next. */
  #chunkLeft: number | undefined;
  #closedLength = 0;
  #ending: Ending | undefined;
  status: number | undefined;
  /** As received, with names in lower case. */
  headers: (readonly [name: string, value: string])[] = [];
  /** The body, without the framing. */
  body = '';
  /** When bytes of the body arrived, in milliseconds since the request. */
  readonly arrivalsMs: number[] = [];
  /** What arrived at each of these times. */
  readonly pieces: string[] = [];
  /** When it ended, in the same way. */
  endedMs: number | undefined;
  error: string | undefined;

  /** @param verifies the certificate is checked */
  constructor(url: URL, headers: Readonly<Record<string, string>>, verifies: boolean) {
    const endpoint = endpointOf(url);
    this.#socket =
      url.protocol === 'https:'
        ? connectTls({ ...endpoint, rejectUnauthorized: verifies, ALPNProtocols: ['http/1.1'] })
        : connectTcp(endpoint);
    const lines = Object.entries({ Host: url.host, ...headers }).map(([name, value]) => `${name}: ${value}\r\n`);
    this.#socket.write(`GET ${url.pathname} HTTP/1.1\r\n${lines.join('')}\r\n`);
    this.#socket.on('data', (bytes: Buffer) => this.#read(bytes));
    this.#socket.on('error', (error: NodeJS.ErrnoException) => (this.error = error.code ?? error.message));
    this.#socket.on('close', () => this.#end('cut'));
  }

  get ending(): Ending | undefined {
    return this.#ending;
  }

  /** Milliseconds since the request. */
  get ageMs(): number {
    return performance.now() - this.#openedMs;
  }

  get isChunked(): boolean {
    return this.#isChunked;
  }

  /** How much of the body is in closed chunks, in characters. A body without chunks counts as closed. */
  get closedLength(): number {
    return this.#isChunked ? this.#closedLength : this.body.length;
  }

  header(name: string): string | undefined {
    const values = this.headers.filter(([known]) => known === name).map(([, value]) => value);
    return values.length === 0 ? undefined : values.join(', ');
  }

  /** @returns whether it holds before the time has passed and the stream has ended */
  async until(holds: () => boolean, ms: number): Promise<boolean> {
    const endsMs = performance.now() + ms;
    while (!holds()) {
      const leftMs = endsMs - performance.now();
      if (leftMs <= 0 || this.#ending !== undefined) return false;
      await new Promise<void>((resolve) => {
        const timer = setTimeout(done, leftMs);
        const changed = this.#changed;
        changed.add(done);
        function done(): void {
          clearTimeout(timer);
          changed.delete(done);
          resolve();
        }
      });
    }
    return true;
  }

  close(): void {
    this.#socket.destroy();
  }

  #read(bytes: Buffer): void {
    this.#unread = Buffer.concat([this.#unread, bytes]);
    if (this.status === undefined) this.#readHead();
    if (this.status !== undefined) {
      if (this.#isChunked) this.#readChunks();
      else this.#take(this.#unread.length);
    }
    this.#notify();
  }

  #readHead(): void {
    const end = this.#unread.indexOf('\r\n\r\n');
    if (end < 0) return;
    const [first = '', ...lines] = this.#unread.subarray(0, end).toString('latin1').split('\r\n');
    this.#unread = this.#unread.subarray(end + 4);
    this.status = Number(/^HTTP\/1\.\d (\d{3})/.exec(first)?.[1] ?? 0);
    this.headers = lines.map((line) => {
      const colon = line.indexOf(':');
      return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()] as const;
    });
    this.#isChunked = /\bchunked\b/i.test(this.header('transfer-encoding') ?? '');
  }

  #readChunks(): void {
    for (;;) {
      if (this.#chunkLeft === undefined) {
        const end = this.#unread.indexOf('\r\n');
        if (end < 0) return;
        const size = parseInt(this.#unread.subarray(0, end).toString('latin1'), 16);
        this.#unread = this.#unread.subarray(end + 2);
        if (size === 0) return this.#end('proper');
        this.#chunkLeft = size;
      }
      this.#chunkLeft -= this.#take(Math.min(this.#chunkLeft, this.#unread.length));
      if (this.#chunkLeft > 0 || this.#unread.length < 2) return;
      this.#unread = this.#unread.subarray(2);
      this.#chunkLeft = undefined;
      this.#closedLength = this.body.length;
    }
  }

  #take(length: number): number {
    if (length === 0) return 0;
    const piece = this.#unread.subarray(0, length).toString();
    this.body += piece;
    this.pieces.push(piece);
    this.#unread = this.#unread.subarray(length);
    this.arrivalsMs.push(this.ageMs);
    return length;
  }

  #end(ending: Ending): void {
    if (this.#ending !== undefined) return;
    this.#ending = ending;
    this.endedMs = this.ageMs;
    this.#notify();
  }

  #notify(): void {
    for (const notify of this.#changed) notify();
  }
}
