import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A change as the Flagsmith API stamps it: in the form that it posts, and in the one that SDKs compare. */
export interface Change {
  /** Python's `isoformat()` with an offset. */
  readonly iso: string;
  /** Epoch seconds with six decimals. */
  readonly seconds: string;
  /** The value of the flag `version` from this change on. */
  readonly version: number;
}

/** Of an answer, while the API is slow. */
const SLOW_MS = 300;

/**
 * A stand-in for the part of the Flagsmith API that SDKs read: one environment with one flag, whose value counts the
 * changes, stamped with the time of the last one.
 */
export class FlagsApi {
  readonly #server: Server;
  #change: Change = changeAt(nowMicros(), 1);
  #held: (() => void)[] | undefined;
  /** The answer instead of the newest. */
  #cached: Change | undefined;
  /** How the flags are answered from now on: late, with an error page, or not at all. */
  behaviour: 'well' | 'slow' | 'wrong' | 'down' = 'well';
  /** How often the flags were read. */
  reads = 0;

  private constructor(server: Server) {
    this.#server = server;
    server.on('request', (request, response) => this.#answer(request, response));
  }

  static async start(): Promise<FlagsApi> {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new FlagsApi(server);
  }

  /** With the final slash that SDKs need. */
  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/api/v1/`;
  }

  get latest(): Change {
    return this.#change;
  }

  /** Changes the flag, as the dashboard does. */
  change(): Change {
    const micros = Math.max(nowMicros(), Math.round(Number(this.#change.seconds) * 1e6) + 1);
    this.#change = changeAt(micros, this.#change.version + 1);
    return this.#change;
  }

  /** From now on the flags are read at once, but their answers are held until `release`. */
  hold(): void {
    this.#held ??= [];
  }

  /** From now on its answers do not change, as with a cache in front of the flags. */
  cacheAnswers(): void {
    this.#cached = this.#change;
  }

  /** The cache has expired. */
  forgetAnswers(): void {
    this.#cached = undefined;
  }

  release(): void {
    const held = this.#held ?? [];
    this.#held = undefined;
    for (const send of held) send();
  }

  async close(): Promise<void> {
    this.release();
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, 'close');
  }

  #answer(request: IncomingMessage, response: ServerResponse): void {
    response.setHeader('Access-Control-Allow-Origin', '*');
    response.setHeader('Access-Control-Allow-Headers', '*');
    response.setHeader('Access-Control-Expose-Headers', 'x-flagsmith-document-updated-at');
    if (request.method === 'OPTIONS') return void response.end();
    this.reads++;
    if (this.behaviour === 'down') return void request.socket.destroy();
    if (this.behaviour === 'wrong') return void response.writeHead(502, { 'Content-Type': 'text/html' }).end('<p>');
    response.setHeader('Content-Type', 'application/json');
    const { seconds, version } = this.#cached ?? this.#change;
    response.setHeader('x-flagsmith-document-updated-at', seconds);
    const flag = { id: 1, feature: { id: 1, name: 'version' }, enabled: true };
    const body = JSON.stringify([{ ...flag, feature_state_value: version }]);
    const send = (): void => void response.end(body);
    if (this.behaviour === 'slow') setTimeout(send, SLOW_MS);
    else if (this.#held === undefined) send();
    else this.#held.push(send);
  }
}

/** The clock of the API and of its clients. `Date.now()` is another: the two drift apart by milliseconds in a long run. */
export function nowMicros(): number {
  return Math.round((performance.timeOrigin + performance.now()) * 1000);
}

function changeAt(micros: number, version: number): Change {
  const [wholeSeconds, fraction] = [Math.floor(micros / 1e6), String(micros % 1e6).padStart(6, '0')];
  const dateTime = new Date(wholeSeconds * 1000).toISOString().slice(0, 19);
  // Python omits a fraction that is zero.
  const iso = Number(fraction) === 0 ? `${dateTime}+00:00` : `${dateTime}.${fraction}+00:00`;
  return { iso, seconds: `${wholeSeconds}.${fraction}`, version };
}
