import { nowMicros } from '../../support/servers/flags-api.ts';
import { HttpStream } from './http-stream.ts';
import type { Sdk, StreamOutcome } from './sdk.ts';

/** An application with one of the SDKs in it: it has the flags, and fetches them again when its SDK would. */
export class SdkClient {
  readonly #sdk: Sdk;
  readonly #streamUrl: URL;
  readonly #flagsUrl: string;
  readonly #environment: string;
  readonly #stopped = new AbortController();
  #documentSeconds = 0;
  #fetchedSeconds = 0;
  #heardSeconds = 0;
  #heardOrDocumentSeconds = 0;
  #failures = 0;
  /** Requests for flags whose answers have not come. */
  fetches = 0;
  /** The flag's value that it has. */
  version = 0;
  /** How often it tried to open a stream. */
  tries = 0;
  /** How many streams it has open. */
  open = 0;
  /** It will not try again. */
  gaveUp = false;

  constructor(sdk: Sdk, realtimeUrl: string, environment: string, flagsApiUrl: string) {
    this.#sdk = sdk;
    this.#streamUrl = new URL(`${realtimeUrl}sse/environments/${environment}/stream`);
    this.#flagsUrl = `${flagsApiUrl}flags/`;
    this.#environment = environment;
  }

  /** Loads the flags, and begins to hold a stream. */
  async start(): Promise<void> {
    await this.#fetchFlags();
    void this.#holdStreams();
    if (this.#sdk.everyMs === undefined) return;
    const timer = setInterval(() => void this.#holdStreams(), this.#sdk.everyMs);
    this.#stopped.signal.addEventListener('abort', () => clearInterval(timer));
  }

  stop(): void {
    this.#stopped.abort();
  }

  async #holdStreams(): Promise<void> {
    while (!this.#stopped.signal.aborted) {
      const { outcome, retryMs } = await this.#tryStream();
      this.#failures = outcome === 'refused' ? this.#failures + 1 : 0;
      const pauseMs = this.#sdk.retryAfterMs(outcome, { failures: this.#failures, retryMs });
      this.gaveUp = pauseMs === undefined && this.#sdk.everyMs === undefined;
      if (pauseMs === undefined) return;
      // An SDK that does not wait would take this process, in which its service runs, for itself alone.
      await new Promise((resolve) => setTimeout(resolve, pauseMs).unref());
    }
  }

  async #tryStream(): Promise<{ outcome: StreamOutcome; retryMs?: number | undefined }> {
    let outcome: StreamOutcome = 'refused';
    this.tries++;
    try {
      const stream = await HttpStream.open(this.#streamUrl, this.#sdk.headers, this.#stopped.signal);
      if (!this.#sdk.takes(stream)) return { outcome };
      outcome = 'cut';
      this.open++;
      try {
        const retryMs = await this.#sdk.read(stream, (updatedAt) => this.#hear(updatedAt));
        return { outcome: 'ended', retryMs };
      } finally {
        this.open--;
      }
    } catch {
      return { outcome };
    }
  }

  #hear(updatedAt: number): void {
    const known = {
      document: this.#documentSeconds,
      heard: this.#heardSeconds,
      heardOrDocument: this.#heardOrDocumentSeconds,
      fetchTime: this.#fetchedSeconds,
      nothing: -Infinity,
    };
    if (updatedAt <= known[this.#sdk.comparesWith]) return;
    this.#heardSeconds = this.#heardOrDocumentSeconds = updatedAt;
    // A fetch that fails because the client was stopped does not matter.
    void this.#fetchFlags().catch(() => undefined);
  }

  async #fetchFlags(): Promise<void> {
    this.fetches++;
    try {
      const response = await fetch(this.#flagsUrl, {
        headers: { 'X-Environment-Key': this.#environment },
        signal: this.#stopped.signal,
      });
      const [flag] = (await response.json()) as [{ feature_state_value: number }];
      this.#documentSeconds = Number(response.headers.get('x-flagsmith-document-updated-at'));
      this.#heardOrDocumentSeconds = this.#documentSeconds;
      this.#fetchedSeconds = nowMicros() / 1e6;
      this.version = flag.feature_state_value;
    } finally {
      this.fetches--;
    }
  }
}
