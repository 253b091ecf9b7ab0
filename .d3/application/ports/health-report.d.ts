/** What the health endpoints say. */
export interface HealthReport {
    /** Why the instance should get no new clients, or undefined when it is ready for them. */
    unready(): UnreadyReason | undefined;
}
export type UnreadyReason = 
/** The log has not been read through since the start. */
'starting'
/** The log cannot be followed, for longer than a rebuild takes. */
 | 'log_unavailable' | 'full' | 'draining';
