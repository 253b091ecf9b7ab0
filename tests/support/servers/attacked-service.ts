import { fileURLToPath } from 'node:url';
import { eventually } from '../eventually.ts';
import { sampleOf } from '../documents/metrics-text.ts';
import { TOKEN } from './running-service.ts';
import { ServiceProcess } from './service-process.ts';

const SCRIPT = fileURLToPath(new URL('./attacked.process.js', import.meta.url));
/** Generous: for a service that hangs. */
const ANSWER_MS = 60_000;
/** Many times what a test needs, and little for the machine: a process that grows without bound ends soon. */
const MEMORY_MB = 2000;

/**
 * A service on Node's own modules, in its own process: if an attack ends the process, one test fails, and not the
 * whole run. Its young generation is small, and collected when a connection ends, so that what Node frees too early
 * shows.
 */
export class AttackedService {
  readonly #process: ServiceProcess;

  private constructor(process: ServiceProcess) {
    this.#process = process;
  }

  static async start(environment: Record<string, string> = {}): Promise<AttackedService> {
    const nodeOptions = ['--max-semi-space-size=1', '--import', SCRIPT];
    const options = { nodeOptions, maxMegabytes: MEMORY_MB };
    return new AttackedService(await ServiceProcess.start({ HTTP1_TRANSPORT: 'node', ...environment }, options));
  }

  get port(): number {
    return this.#process.port;
  }

  url(path: string): string {
    return this.#process.url(path);
  }

  /** POSTs a queue-change with the body as JSON. */
  publish(environment: string, updatedAt: unknown): Promise<Response> {
    return fetch(this.url(`/sse/environments/${environment}/queue-change`), {
      method: 'POST',
      headers: { Authorization: `Token ${TOKEN}`, 'Content-Type': 'application/json' },
      body: JSON.stringify({ updated_at: updatedAt }),
    });
  }

  /** A request on a new connection is answered: the process lives, and has handled everything before. */
  async serves(): Promise<void> {
    const signal = AbortSignal.timeout(ANSWER_MS);
    const answer = await fetch(this.url('/livez'), { signal }).catch((cause: unknown) => {
      throw new Error(`the service does not answer: ${this.#process.stderr}`, { cause });
    });
    if (answer.status !== 200) throw new Error(`/livez answers ${answer.status}`);
  }

  /** The value of a metric, or undefined if there is none with this name and these labels. */
  async metric(sample: string): Promise<number | undefined> {
    return sampleOf(await (await fetch(this.url('/metricsz'))).text(), sample);
  }

  /** How many streams are open. */
  async subscribers(): Promise<number | undefined> {
    return this.metric('flagsmith_sse_subscribers');
  }

  /** The size of the heap after everything that can be freed is freed. */
  async usedHeapBytes(): Promise<number> {
    const asked = this.#process.lines.length;
    const line = () => this.#process.lines.slice(asked).find(({ event }) => event === 'heap_used');
    this.#process.signal('SIGUSR2');
    await eventually('the size of the heap', () => line() !== undefined);
    return Number(line()?.['bytes']);
  }

  /** How often an event was logged. */
  logged(event: string): number {
    return this.#process.lines.filter((line) => line.event === event).length;
  }

  /** @throws Error if it had ended before, or does not end properly */
  async stop(): Promise<void> {
    this.#process.signal('SIGTERM');
    try {
      const code = await this.#process.exited(ANSWER_MS);
      if (code !== 0) throw new Error(`the service ended with ${code}: ${this.#process.stderr}`);
    } finally {
      await this.#process.kill();
    }
  }
}
