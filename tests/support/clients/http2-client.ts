import { type ClientHttp2Session, type ClientHttp2Stream, connect, type IncomingHttpHeaders } from 'node:http2';
import type { StreamPeer } from '../../../infrastructure/contract/subscriber-socket-world.ts';
import { eventually } from '../eventually.ts';

/** One stream of Node's own HTTP/2 client. */
export class Http2Client implements StreamPeer {
  readonly session: ClientHttp2Session;
  readonly stream: ClientHttp2Stream;
  status = 0;
  headers: IncomingHttpHeaders = {};
  received = '';
  /** How many reads brought what was received. */
  reads = 0;
  #ending: 'open' | 'ended' | 'cut' = 'open';

  /** @param request headers beside the path, and a method other than GET */
  constructor(session: ClientHttp2Session, path: string, request: Record<string, string> = {}, body?: string | Buffer) {
    this.session = session;
    this.stream = session.request({ ':path': path, ...request }, { endStream: body === undefined });
    this.stream.setEncoding('utf8');
    this.stream.on('response', (headers) => {
      this.headers = headers;
      this.status = headers[':status'] ?? 0;
    });
    this.stream.on('data', (text: string) => {
      this.received += text;
      this.reads++;
    });
    this.stream.on('end', () => {
      if (this.stream.rstCode === 0 && !this.stream.aborted) this.#ending = 'ended';
    });
    this.stream.on('close', () => {
      if (this.#ending === 'open') this.#ending = 'cut';
    });
    // The way it ended is enough.
    this.stream.on('error', () => undefined);
    if (body !== undefined) this.stream.end(body);
  }

  /** Opens a stream of events, and waits for its first bytes. */
  static async open(session: ClientHttp2Session, environment: string): Promise<Http2Client> {
    const client = new Http2Client(session, `/sse/environments/${environment}/stream`);
    await eventually('the first bytes of the stream', () => client.received !== '' || client.ending !== 'open');
    return client;
  }

  get ending(): 'open' | 'ended' | 'cut' {
    return this.#ending;
  }

  /** The `updated_at` of each event, as text. */
  get heard(): readonly string[] {
    return [...this.received.matchAll(/^data: \{"updated_at":(.*)\}\n\n/gm)].map((match) => match[1] ?? '');
  }

  async hears(updatedAt: string, ceilingMs?: number): Promise<void> {
    await eventually(
      `to receive ${updatedAt}; received ${this.heard.slice(-20).join()}`,
      () => this.heard.includes(updatedAt),
      ceilingMs,
    );
  }

  /** Waits for the whole answer. */
  async answered(): Promise<Http2Client> {
    await eventually('the answer', () => this.#ending !== 'open');
    return this;
  }

  stopReading(): void {
    this.stream.pause();
  }

  readOn(): void {
    this.stream.resume();
  }

  vanish(): void {
    this.session.destroy();
  }
}

/** A connection, ready for requests. */
export async function connectHttp2(
  url: string,
  options: Parameters<typeof connect>[1] = {},
): Promise<ClientHttp2Session> {
  const session = connect(url, { rejectUnauthorized: false, ...options });
  let failure: Error | undefined;
  session.on('error', (error: Error) => (failure = error));
  let isReady = false;
  session.once('remoteSettings', () => (isReady = true));
  await eventually(`to connect to ${url}`, () => {
    if (failure !== undefined && !isReady) throw failure;
    return isReady;
  });
  return session;
}
