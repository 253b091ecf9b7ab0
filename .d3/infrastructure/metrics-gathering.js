import cluster, {} from 'node:cluster';
import { PrometheusPage } from "../adapters/telemetry/prometheus-page.js";
import { thrown } from "../application/thrown.js";
import { isReport, order } from "./worker-message.js";
/** Within the ten seconds that Prometheus waits by default. A worker that hangs is left out. */
const WAIT_MS = 2000;
/**
 * The primary's part in `/metricsz`: a scrape reaches one worker, and is to show all of them. One round at a time;
 * whoever asks during a round gets its page.
 *
 * The counts of a worker that hangs, or has ended, stay in the sum: one that shrank would look to Prometheus like a
 * restart, after which everything that the others ever counted had happened at once.
 */
export class MetricsGathering {
    #clock;
    #logger;
    #askers = new Set();
    #expected = new Set();
    #snapshots = new Map();
    /** What each worker that is not over said last, without what is true of the moment only. */
    #counts = new Map();
    /** The counts of all workers that are over, in one. */
    #departed = Promise.resolve([]);
    #round = 0;
    #timer;
    constructor(clock, logger) {
        this.#clock = clock;
        this.#logger = logger;
    }
    start() {
        cluster.on('message', (worker, message) => {
            if (!isReport(message))
                return;
            if (message.halyard === 'metricsWanted')
                this.#ask(worker);
            else if (message.halyard === 'measured' && message.round === this.#round) {
                this.#snapshots.set(worker.id, message.snapshot);
                // The library declares its types as numbers, and sends their names.
                this.#counts.set(worker.id, message.snapshot.filter(({ type }) => String(type) !== 'gauge'));
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
    #ask(asker) {
        this.#askers.add(asker);
        if (this.#timer !== undefined)
            return;
        this.#round++;
        this.#snapshots.clear();
        this.#timer = this.#clock.after(WAIT_MS, () => {
            this.#logger.warn('worker_metrics_missing', { workers: [...this.#expected] });
            this.#finish();
        });
        for (const worker of Object.values(cluster.workers ?? {})) {
            if (worker === undefined || !worker.isConnected())
                continue;
            this.#expected.add(worker.id);
            order(worker, { halyard: 'measure', round: this.#round });
        }
    }
    #answered(worker) {
        if (this.#expected.delete(worker.id) && this.#expected.size === 0)
            this.#finish();
    }
    #finish() {
        this.#timer?.cancel();
        this.#timer = undefined;
        this.#expected.clear();
        const askers = [...this.#askers];
        this.#askers.clear();
        const workers = [...new Map([...this.#counts, ...this.#snapshots]).values()];
        const page = this.#departed.then((departed) => PrometheusPage.gather([...workers, departed]));
        page.then((text) => {
            for (const asker of askers)
                order(asker, { halyard: 'metrics', page: text });
        }, (error) => this.#logger.error('metrics_failed', thrown(error)));
    }
    /** Counts that cannot be added are lost, and not the others' with them. */
    async #withCounts(departed, counts) {
        try {
            return await PrometheusPage.merge([departed, counts]);
        }
        catch (error) {
            this.#logger.error('metrics_failed', thrown(error));
            return departed;
        }
    }
}
//# sourceMappingURL=metrics-gathering.js.map