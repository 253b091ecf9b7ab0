import cluster, { type Worker } from 'node:cluster';
import { type MetricsSnapshot, PrometheusPage } from '../adapters/telemetry/prometheus-page.ts';
import { workerFigures } from '../adapters/telemetry/worker-figures.ts';
import type { Clock, Timer } from '../application/ports/clock.ts';
import type { Logger } from '../application/ports/logger.ts';
import { thrown } from '../application/thrown.ts';
import { isReport, order } from './worker-message.ts';

/** Within the ten seconds that Prometheus waits by default. A worker that hangs is omitted. */
const WAIT_MS = 2000;

/**
 * The primary's part in `/metricsz`: a scrape reaches one worker, but has to show all of them. One round at a time;
 * requests during a round receive its page.
 *
 * The counts of a worker that hangs, or has ended, stay in the sum: Prometheus would take a sum that shrank for a
 * restart, and count everything that the others ever counted again.
 */
export class MetricsGathering {
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #askers = new Set<Worker>();
  readonly #expected = new Set<number>();
  readonly #snapshots = new Map<number, MetricsSnapshot>();
  /** The last counts of each worker that has not ended, without values that hold only for the moment. */
  readonly #counts = new Map<number, MetricsSnapshot>();
  /** The counts of all workers that have ended, added up. */
  #departed: Promise<MetricsSnapshot> = Promise.resolve([]);
  #round = 0;
  #timer: Timer | undefined;

  constructor(clock: Clock, logger: Logger) {
    this.#clock = clock;
    this.#logger = logger;
  }

  start(): void {
    cluster.on('message', (worker, message: unknown) => {
      if (!isReport(message)) return;
      if (message.halyard === 'metricsWanted') this.#ask(worker);
      else if (message.halyard === 'measured' && message.round === this.#round) {
        this.#snapshots.set(worker.id, message.snapshot);
        // The library declares its types as numbers, but sends their names.
        this.#counts.set(
          worker.id,
          message.snapshot.filter(({ type }) => String(type) !== 'gauge'),
        );
        this.#answered(worker);
      }
    });
    cluster.on('exit', (worker) => {
      this.#askers.delete(worker);
      const counts = this.#counts.get(worker.id) ?? [];
      this.#counts.delete(worker.id);
      this.#snapshots.delete(worker.id);
      this.#departed = this.#departed.then((departed) => this.#withCounts(departed, counts));
      this.#answered(worker);
    });
  }

  #ask(asker: Worker): void {
    this.#askers.add(asker);
    if (this.#timer !== undefined) return;
    this.#round++;
    this.#snapshots.clear();
    this.#timer = this.#clock.after(WAIT_MS, () => {
      this.#logger.warn('worker_metrics_missing', { workers: [...this.#expected] });
      this.#finish();
    });
    for (const worker of Object.values(cluster.workers ?? {})) {
      if (worker === undefined || !worker.isConnected()) continue;
      this.#expected.add(worker.id);
      order(worker, { halyard: 'measure', round: this.#round });
    }
  }

  #answered(worker: Worker): void {
    if (this.#expected.delete(worker.id) && this.#expected.size === 0) this.#finish();
  }

  #finish(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
    const workers = new Map<number, MetricsSnapshot | undefined>(this.#snapshots);
    for (const hanging of this.#expected) workers.set(hanging, undefined);
    this.#expected.clear();
    const askers = [...this.#askers];
    this.#askers.clear();
    const sums = [...new Map([...this.#counts, ...this.#snapshots]).values()];
    const page = this.#departed.then((departed) => PrometheusPage.gather([...sums, departed, workerFigures(workers)]));
    page.then(
      (text) => {
        for (const asker of askers) order(asker, { halyard: 'metrics', page: text });
      },
      (error: unknown) => this.#logger.error('metrics_failed', thrown(error)),
    );
  }

  /** Counts that cannot be added are lost, but those of the other workers are not. */
  async #withCounts(departed: MetricsSnapshot, counts: MetricsSnapshot): Promise<MetricsSnapshot> {
    try {
      return await PrometheusPage.merge([departed, counts]);
    } catch (error) {
      this.#logger.error('metrics_failed', thrown(error));
      return departed;
    }
  }
}
