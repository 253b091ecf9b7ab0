import { TOKEN } from './subject.ts';

const METRICS_EVERY_MS = 5000;

/** Requests what an open console page requests: its stream, its history once, and the metrics every five seconds. */
export class OpenConsole {
  readonly #origin: string;
  readonly #closing = new AbortController();
  readonly #ended: Promise<unknown>;
  #frames = 0;
  #metrics = 0;

  private constructor(origin: string) {
    this.#origin = origin;
    this.#ended = Promise.all([this.#readEvents(), this.#readMetrics()]).catch((error: unknown) => {
      if (!this.#closing.signal.aborted) return error;
      return undefined;
    });
  }

  static open(port: number): OpenConsole {
    return new OpenConsole(`http://127.0.0.1:${port}`);
  }

  /** @throws Error if it was not served all the time: the figures would mislead */
  async close(): Promise<void> {
    this.#closing.abort();
    const failure = await this.#ended;
    if (failure !== undefined) throw new Error('the console was not served', { cause: failure });
    if (this.#frames < 2 || this.#metrics < 1)
      throw new Error(`the console received ${this.#frames} states and ${this.#metrics} readings of the metrics`);
  }

  async #get(path: string): Promise<Response> {
    const { signal } = this.#closing;
    const answer = await fetch(`${this.#origin}${path}`, { headers: { Authorization: `Token ${TOKEN}` }, signal });
    if (answer.status !== 200) throw new Error(`${path} was answered with ${answer.status}`);
    return answer;
  }

  async #readEvents(): Promise<never> {
    const { body } = await this.#get('/console/events');
    for await (const piece of body ?? []) if (Buffer.from(piece).includes('data: ')) this.#frames++;
    throw new Error('the stream of the console ended');
  }

  async #readMetrics(): Promise<never> {
    await (await this.#get('/console/history')).text();
    for (;;) {
      await (await this.#get('/metricsz')).text();
      this.#metrics++;
      await new Promise((resolve) => setTimeout(resolve, METRICS_EVERY_MS));
    }
  }
}
