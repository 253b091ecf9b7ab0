/** A service that a test has started. */
export interface RunningHalyard {
  /** Its address, without a final slash: `http://127.0.0.1:40123`. */
  readonly url: string;
  /** The secret of queue-change, for tests that post changes themselves: `Authorization: Token …`. */
  readonly token: string;
  /**
   * Publishes a change as an accepted queue-change does: `stored` is its 200, `unavailable` its 503, which comes at the
   * deadline (`APPEND_DEADLINE_MS`) and only in an outage. A change that was `unavailable` is kept, and published when
   * the outage has ended.
   *
   * @param updatedAt epoch seconds, an ISO 8601 date and time, or any other form that the protocol accepts
   * @throws Error if the environment key or the time is invalid
   */
  publish(environment: string, updatedAt: number | string): Promise<'stored' | 'unavailable'>;
  /** How many streams are open: of an environment, or of all. */
  subscribers(environment?: string): number;
  /**
   * Makes the log unreachable, and resolves when it is: updates are no longer delivered, and `/readyz` reports it after
   * five seconds. Streams stay open. A second outage replaces the first.
   */
  outage(outage: Outage): Promise<void>;
  /** Ends the outage, and resolves when the service has read the log again. Without an outage it does nothing. */
  restore(): Promise<void>;
  /** Ends the streams and everything else. Nothing remains that keeps the process alive. */
  stop(): Promise<void>;
}

/** A service whose time stands still. */
export interface SteppedHalyard extends RunningHalyard {
  /**
   * Lets time pass for the service, and runs what falls due meanwhile, each at its own time. When it resolves,
   * everything due has been done and written to sockets; a client receives it a moment later, so wait for what the
   * client should receive. A request that has not reached the service yet comes after the step, not in it. Concurrent
   * steps are taken one after the other.
   *
   * The transport's own time-outs stay on real time: about ten seconds for a connection that sends no request, and for
   * one that does not read while no time passes.
   */
  advance(ms: number): Promise<void>;
}

export interface Outage {
  /**
   * What happens to appends meanwhile: `refuse`, they fail at once, and are retried until the deadline of their change;
   * `hang`, they receive no answer, and fail at the deadline.
   */
  readonly kind: 'refuse' | 'hang';
  /** How long it lasts on the clock of the service. By default until `restore`. */
  readonly ms?: number;
}
