import type { MetricsSnapshot } from '../adapters/telemetry/prometheus-page.ts';
import type { Clock } from '../application/ports/clock.ts';
import type { Logger } from '../application/ports/logger.ts';
import type { MetricsPage } from '../application/ports/metrics-page.ts';
import type { Primary } from './worker-message.ts';
/** What this worker measured itself. */
interface Own {
    readonly contentType: string;
    snapshot(): Promise<MetricsSnapshot>;
}
/** The metrics of all workers, as any of them shows them: its own go to the primary, and the sum comes back. */
export declare class WorkerMetrics implements MetricsPage {
    #private;
    readonly contentType: string;
    constructor(own: Own, primary: Primary, adapters: {
        readonly clock: Clock;
        readonly logger: Logger;
    });
    render(): Promise<string>;
}
export {};
