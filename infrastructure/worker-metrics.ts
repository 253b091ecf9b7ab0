import type { MetricsSnapshot } from '../adapters/telemetry/prometheus-page.ts';
import type { Clock } from '../application/ports/clock.ts';
import type { Logger } from '../application/ports/logger.ts';
import type { MetricsPage } from '../application/ports/metrics-page.ts';
import { thrown } from '../application/thrown.ts';
import { PrimaryAnswers } from './primary-answers.ts';
import type { Primary } from './worker-message.ts';

/** What this worker measured itself. */
interface Own {
  readonly contentType: string;
  snapshot(): Promise<MetricsSnapshot>;
}

/** The metrics of all workers, which each of them can show: it sends its own to the primary and receives the sum. */
export class WorkerMetrics implements MetricsPage {
  readonly contentType: string;
  readonly #own: Own;
  readonly #primary: Primary;
  readonly #logger: Logger;
  readonly #pages: PrimaryAnswers<string>;

  constructor(own: Own, primary: Primary, adapters: { readonly clock: Clock; readonly logger: Logger }) {
    this.contentType = own.contentType;
    this.#own = own;
    this.#primary = primary;
    this.#logger = adapters.logger;
    this.#pages = new PrimaryAnswers(adapters.clock, () => primary.report({ halyard: 'metricsWanted' }));
    primary.onOrder((order) => {
      if (order.halyard === 'measure') void this.#measure(order.round);
      else if (order.halyard === 'metrics') this.#pages.take(order.page);
    });
  }

  render(): Promise<string> {
    return this.#pages.next();
  }

  async #measure(round: number): Promise<void> {
    try {
      this.#primary.report({ halyard: 'measured', round, snapshot: await this.#own.snapshot() });
    } catch (error) {
      // The page has the others' figures, and this worker continues.
      this.#logger.error('metrics_failed', thrown(error));
    }
  }
}
