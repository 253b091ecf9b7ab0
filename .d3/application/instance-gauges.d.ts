import type { Health } from './health.ts';
import type { Hub } from './hub.ts';
import type { LogTail } from './log-tail.ts';
import type { PendingUpdates } from './pending-updates.ts';
import type { UpdateLog } from './ports/update-log.ts';
import type { GaugeReadings, Gauges } from './ports/gauges.ts';
import type { Sweep } from './sweep.ts';
interface Parts {
    readonly hub: Hub;
    readonly sweep: Sweep;
    readonly pending: PendingUpdates;
    readonly health: Health;
    readonly tail: LogTail;
}
/** Reads the figures that the parts keep anyway. */
export declare class InstanceGauges implements Gauges {
    #private;
    constructor(maxSubscribers: number, parts: Parts, log: UpdateLog);
    read(): GaugeReadings;
}
export {};
