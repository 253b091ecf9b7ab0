import type { EnvironmentId } from '../../domain/environment-id.ts';
/** Answers an operator's question: why did this client not hear? */
export interface EnvironmentReports {
    /** What this instance knows of the environment. It visits its subscribers, and changes nothing. */
    report(environment: EnvironmentId): EnvironmentReport;
}
/** Times of updates are in their canonical text, as the log and the wire have them. */
export interface EnvironmentReport {
    readonly environment: EnvironmentId;
    /** What a subscriber who connects now hears; null when there was no update within the retention time. */
    readonly register: ReportedUpdate | null;
    /** The last update in log order, and the epoch of the log in which it was last seen. */
    readonly latest: (ReportedUpdate & {
        readonly epoch: number;
    }) | null;
    /** The epoch of the log that this instance follows; 0 while it follows none. */
    readonly epoch: number;
    readonly subscribers: number;
    /** Subscribers who have not heard the latest yet. */
    readonly behind: number;
    /** Subscribers whose peer does not read. */
    readonly congested: number;
    readonly state: 'empty' | 'quiet' | 'spreading';
    /** An update that was answered with 503 and waits for the log. */
    readonly pending: string | null;
}
export interface ReportedUpdate {
    readonly updated_at: string;
    readonly sequence: number;
    /** By the log's clock, in ISO 8601. */
    readonly stored_at: string;
}
