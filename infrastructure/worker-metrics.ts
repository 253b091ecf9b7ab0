import type { MetricsSnapshot } from '../adapters/telemetry/prometheus-page.ts';
import type { Clock } from '../application/ports/clock.ts';
import type { Logger } from '../application/ports/logger.ts';
import type { MetricsPage } from '../application/ports/metrics-page.ts';
import { thrown } from '../application/thrown.ts';
import type { Primary } from './worker-message.ts';

/** Longer than the primary waits for a worker that hangs. */
const WAIT_MS = 4000;

/** What this worker measured itself. */
interface Own {
  readonly contentType: string;
  snapshot(): Promise<MetricsSnapshot>;
}

/** The metrics of all workers, as any of them shows them: its own go to the primary, and the sum comes back. */
export class WorkerMetrics implements MetricsPage {
  readonly contentType: string;
  readonly #own: Own;
  readonly #primary: Primary;
  readonly #clock: Clock;
  readonly #logger: Logger;
  /** Each holds an open request for the page, and gives up after a while. */
  #waiting: ((page: string) => void)[] = [];

  constructor(own: Own, primary: Primary, adapters: { readonly clock: Clock; readonly logger: Logger }) {
    this.contentType = own.contentType;
    this.#own = own;
    this.#primary = primary;
    this.#clock = adapters.clock;
    this.#logger = adapters.logger;
    primary.onOrder((order) => {
      if (order.halyard === 'measure') void this.#measure(order.round);
      else if (order.halyard === 'metrics') {
        const waiting = this.#waiting;
        this.#waiting = [];
        for (const take of waiting) take(order.page);
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
      // Also while others wait: the answer to them may be lost.
      this.#primary.report({ halyard: 'metricsWanted' });
    });
  }

  async #measure(round: number): Promise<void> {
    try {
      this.#primary.report({ halyard: 'measured', round, snapshot: await this.#own.snapshot() });
    } catch (error) {
      // The page has the others' figures, and this worker goes on.
      this.#logger.error('metrics_failed', thrown(error));
    }
  }
}
