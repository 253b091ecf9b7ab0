import { once } from 'node:events';
import { Agent, get, type IncomingMessage } from 'node:http';

const OPENED_AT_A_TIME = 50;

/** How one request for the flags ended. */
export interface Fetch {
  /** Undefined: it failed, usually by the time-out. */
  readonly version: number | undefined;
  readonly ms: number;
}

/**
 * A request for the flags on its own connection, as from an application that makes one now and then.
 *
 * @param key the client-side key of the environment
 */
export function fetchFlags(url: string, key: string, timeoutMs: number): Promise<Fetch> {
  const beganMs = performance.now();
  return new Promise((resolve) => {
    const end = (version?: number): void => resolve({ version, ms: performance.now() - beganMs });
    const headers = { 'X-Environment-Key': key };
    const request = get(url, { headers, agent: false, signal: AbortSignal.timeout(timeoutMs) }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (part: string) => (text += part));
      response.once('end', () => end((JSON.parse(text) as { version: number }).version));
      response.once('error', () => end());
    });
    request.once('error', () => end());
  });
}

/** Clients that each hold a stream, and request the flags once for each event, as SDKs do. */
export class FetchingClients {
  readonly #streams: IncomingMessage[] = [];
  readonly #agent = new Agent({ keepAlive: false, maxSockets: Infinity });
  readonly #onEvent: () => void;

  /** @param onEvent called once for each event of each stream */
  constructor(onEvent: () => void) {
    this.#onEvent = onEvent;
  }

  /** Opens this many streams. If they receive an update on connecting, they have it when this resolves. */
  async open(streamUrl: string, count: number): Promise<void> {
    while (this.#streams.length < count) {
      const wanted = Math.min(OPENED_AT_A_TIME, count - this.#streams.length);
      await Promise.all(Array.from({ length: wanted }, () => this.#open(streamUrl)));
    }
  }

  close(): void {
    for (const stream of this.#streams) stream.destroy();
    this.#agent.destroy();
  }

  async #open(streamUrl: string): Promise<void> {
    const [stream] = (await once(get(streamUrl, { agent: this.#agent }), 'response')) as [IncomingMessage];
    this.#streams.push(stream);
    // An event is one chunk, and nothing else contains its name.
    stream.setEncoding('utf8').on('data', (text: string) => {
      if (text.includes('event: ')) this.#onEvent();
    });
    stream.on('error', () => undefined);
  }
}
