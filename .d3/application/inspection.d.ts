import type { EnvironmentId } from '../domain/environment-id.ts';
import type { Hub } from './hub.ts';
import type { LogTail } from './log-tail.ts';
import type { PendingUpdates } from './pending-updates.ts';
import type { EnvironmentReport, EnvironmentReports } from './ports/environment-report.ts';
/** Looks at one environment from outside: whoever asks leaves no trace, a channel least of all. */
export declare class Inspection implements EnvironmentReports {
    #private;
    constructor(hub: Hub, tail: LogTail, pending: PendingUpdates);
    report(environment: EnvironmentId): EnvironmentReport;
}
