import type { PrometheusPage } from '../adapters/telemetry/prometheus-page.ts';
import type { Clock } from '../application/ports/clock.ts';
import type { MetricsPage } from '../application/ports/metrics-page.ts';
import { isOurs, report } from './worker-message.ts';

/** Longer than the primary waits for a worker that hangs. */
const WAIT_MS = 4000;

/** The metrics of all workers, as any of them shows them: its own go to the primary, and the sum comes back. */
export class WorkerMetrics implements MetricsPage {
  readonly contentType: string;
  readonly #own: PrometheusPage;
  readonly #clock: Clock;
  #waiting: ((page: string) => void)[] = [];

  constructor(own: PrometheusPage, clock: Clock) {
    this.contentType = own.contentType;
    this.#own = own;
    this.#clock = clock;
    process.on('message', (message: unknown) => {
      if (!isOurs(message)) return;
      if (message.halyard === 'measure') void this.#measure(message.round);
      else if (message.halyard === 'metrics') {
        const waiting = this.#waiting;
        this.#waiting = [];
        for (const take of waiting) take(message.page);
      }
    });
  }

  render(): Promise<string> {
    return new Promise((resolve, reject) => {
      const timer = this.#clock.after(WAIT_MS, () => {
        this.#waiting = this.#waiting.filter((waiting) => waiting !== take);
        reject(new Error('the primary does not answer'));
      });
      const take = (page: string): void => {
        timer.cancel();
        resolve(page);
      };
      this.#waiting.push(take);
      if (this.#waiting.length === 1) report({ halyard: 'metricsWanted' });
    });
  }

  async #measure(round: number): Promise<void> {
    report({ halyard: 'measured', round, snapshot: await this.#own.snapshot() });
  }
}
