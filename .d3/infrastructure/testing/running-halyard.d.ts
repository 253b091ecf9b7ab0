/** A service that a test has started. */
export interface RunningHalyard {
    /** Where it is reached, without a slash at its end: `http://127.0.0.1:40123`. */
    readonly url: string;
    /** The secret of queue-change, for those who post it themselves: `Authorization: Token …`. */
    readonly token: string;
    /**
     * Announces a change as a queue-change does that was let in: `stored` is its 200, `unavailable` its 503, which comes
     * at the deadline (`APPEND_DEADLINE_MS`) and only in an outage. What was `unavailable` is kept, and published when
     * the outage is over.
     *
     * @param updatedAt epoch seconds, an ISO 8601 date and time, or what else the protocol takes
     * @throws Error where it is no environment key or no time
     */
    publish(environment: string, updatedAt: number | string): Promise<'stored' | 'unavailable'>;
    /** How many streams are open: of an environment, or all. */
    subscribers(environment?: string): number;
    /**
     * Takes the log away, and resolves when it is: updates are delivered no more, and `/readyz` says so after five
     * seconds. Streams stay open. A second outage takes the place of the first.
     */
    outage(outage: Outage): Promise<void>;
    /** Ends the outage, and resolves when the service has read the log again. Without an outage it does nothing. */
    restore(): Promise<void>;
    /** Ends the streams and everything else. Nothing of it keeps the process alive. */
    stop(): Promise<void>;
}
/** A service whose time stands still. */
export interface SteppedHalyard extends RunningHalyard {
    /**
     * Lets time pass for the service, and runs what falls due on the way, each at its own time. When it resolves,
     * what was due has been done and written to sockets; a client receives that a moment later, so wait for what it is
     * to receive. A request that is still on its way to the service comes after the step, not in it. Steps that are
     * asked for together are taken one after the other.
     *
     * Time-outs that are the transport's own stay on real time: about ten seconds for a connection that sends no
     * request, and for one that does not read while no time passes.
     */
    advance(ms: number): Promise<void>;
}
export interface Outage {
    /**
     * What becomes of appends meanwhile: `refuse`, they fail at once, and are tried again until the deadline of their
     * change; `hang`, they are answered by nobody, and fail at the deadline.
     */
    readonly kind: 'refuse' | 'hang';
    /** How long it lasts on the clock of the service. Without it, until `restore`. */
    readonly ms?: number;
}
