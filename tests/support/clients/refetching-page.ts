import { Agent, type IncomingMessage, request } from 'node:http';

/** As the web provider 0.4.3 has them. */
const DEBOUNCE_MS = 50;
const TIMEOUT_MS = 10_000;

interface Evaluation {
  readonly status: number;
  readonly etag: string | undefined;
  readonly body: string;
}

interface BulkAnswer {
  readonly flags: readonly { readonly key: string; readonly value?: unknown }[];
  readonly eventStreams: readonly [{ readonly url?: string; readonly endpoint?: { readonly requestUri: string } }];
}

/** What a page with the OpenFeature web provider does, as far as the service notices, without a browser. */
export class RefetchingPage {
  readonly #baseUrl: string;
  readonly #key: string;
  readonly #targetingKey: string;
  /** A connection for each request, as pages of many users have. */
  readonly #agent = new Agent({ keepAlive: false, maxSockets: Infinity });
  #stream: IncomingMessage | undefined;
  #etag: string | undefined;
  #debounce: NodeJS.Timeout | undefined;
  /** What the flag `version` says. */
  version = 0;
  /** Of its refetches, those that it has an answer to, and those that failed. A failed one is not tried again. */
  answered = 0;
  failed = 0;

  constructor(baseUrl: string, key: string, targetingKey: string) {
    this.#baseUrl = baseUrl;
    this.#key = key;
    this.#targetingKey = targetingKey;
  }

  /** Loads the flags, and opens the stream that the answer names. */
  async open(): Promise<void> {
    const { status, body } = await this.#evaluate('');
    if (status !== 200) throw new Error(`the flags were answered with ${status}: ${body}`);
    const [{ url, endpoint }] = (JSON.parse(body) as BulkAnswer).eventStreams;
    await this.#follow(new URL(url ?? endpoint?.requestUri ?? '', this.#baseUrl));
  }

  close(): void {
    clearTimeout(this.#debounce);
    this.#stream?.destroy();
    this.#agent.destroy();
  }

  #follow(url: URL): Promise<void> {
    return new Promise((resolve, reject) => {
      request(url, { agent: this.#agent }, (stream) => {
        this.#stream = stream;
        // An event is one chunk.
        stream.setEncoding('utf8').on('data', (text: string) => {
          const data = /^data: (.*)$/m.exec(text)?.[1];
          if (data !== undefined) this.#onEvent(JSON.parse(data) as { etag: string; lastModified: number });
        });
        stream.on('error', () => undefined);
        resolve();
      })
        .on('error', reject)
        .end();
    });
  }

  #onEvent({ etag, lastModified }: { etag: string; lastModified: number }): void {
    clearTimeout(this.#debounce);
    const query = new URLSearchParams({ flagConfigEtag: etag, flagConfigLastModified: String(lastModified) });
    this.#debounce = setTimeout(() => void this.#refetch(query.toString()), DEBOUNCE_MS);
  }

  async #refetch(query: string): Promise<void> {
    const { status } = await this.#evaluate(`?${query}`).catch(() => ({ status: 0 }));
    if (status === 200 || status === 304) this.answered++;
    else this.failed++;
  }

  async #evaluate(query: string): Promise<Evaluation> {
    const answer = await this.#post(`/ofrep/v1/evaluate/flags${query}`);
    if (answer.status === 200) {
      const { flags } = JSON.parse(answer.body) as BulkAnswer;
      this.version = Number(flags.find(({ key }) => key === 'version')?.value);
      this.#etag = answer.etag;
    }
    return answer;
  }

  #post(path: string): Promise<Evaluation> {
    const headers = {
      'Content-Type': 'application/json; charset=utf-8',
      'X-API-Key': this.#key,
      ...(this.#etag === undefined ? {} : { 'If-None-Match': this.#etag }),
    };
    const signal = AbortSignal.timeout(TIMEOUT_MS);
    return new Promise((resolve, reject) => {
      const options = { method: 'POST', headers, agent: this.#agent, signal };
      request(new URL(path, this.#baseUrl), options, (response) => {
        let body = '';
        response.setEncoding('utf8').on('data', (text: string) => (body += text));
        response.on('error', reject);
        response.on('end', () => resolve({ status: response.statusCode ?? 0, etag: response.headers.etag, body }));
      })
        .on('error', reject)
        .end(JSON.stringify({ context: { targetingKey: this.#targetingKey } }));
    });
  }
}
