import { thrown } from "../application/thrown.js";
/** Longer than the primary waits for a worker that hangs. */
const WAIT_MS = 4000;
/** The metrics of all workers, as any of them shows them: its own go to the primary, and the sum comes back. */
export class WorkerMetrics {
    contentType;
    #own;
    #primary;
    #clock;
    #logger;
    /** Each holds an open request for the page, and gives up after a while. */
    #waiting = [];
    constructor(own, primary, adapters) {
        this.contentType = own.contentType;
        this.#own = own;
        this.#primary = primary;
        this.#clock = adapters.clock;
        this.#logger = adapters.logger;
        primary.onOrder((order) => {
            if (order.halyard === 'measure')
                void this.#measure(order.round);
            else if (order.halyard === 'metrics') {
                const waiting = this.#waiting;
                this.#waiting = [];
                for (const take of waiting)
                    take(order.page);
            }
        });
    }
    render() {
        return new Promise((resolve, reject) => {
            const timer = this.#clock.after(WAIT_MS, () => {
                this.#waiting = this.#waiting.filter((waiting) => waiting !== take);
                reject(new Error('the primary does not answer'));
            });
            const take = (page) => {
                timer.cancel();
                resolve(page);
            };
            this.#waiting.push(take);
            // Also while others wait: the answer to them may be lost.
            this.#primary.report({ halyard: 'metricsWanted' });
        });
    }
    async #measure(round) {
        try {
            this.#primary.report({ halyard: 'measured', round, snapshot: await this.#own.snapshot() });
        }
        catch (error) {
            // The page has the others' figures, and this worker goes on.
            this.#logger.error('metrics_failed', thrown(error));
        }
    }
}
//# sourceMappingURL=worker-metrics.js.map