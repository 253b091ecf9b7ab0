/** Time for everything outside the domain (which receives it as an argument). A stepped clock makes a test exact. */
export interface Clock {
  /**
   * Milliseconds since 1970: for comparison with timestamps of other machines. It may jump when the machine's clock is
   * set.
   */
  epochMs(): number;
  /** Milliseconds since an arbitrary start: for durations. It never goes back. */
  monotonicMs(): number;
  /** Runs a task once, not before `delayMs` have passed, in a turn of its own. */
  after(delayMs: number, task: () => void): Timer;
  /** Runs a task in the next turn of the event loop, after any I/O that is waiting: never in the caller's turn. */
  nextTurn(task: () => void): void;
}

export interface Timer {
  /** Cancels the task. Has no effect if it has already run. */
  cancel(): void;
}

/** Resolves after `ms` milliseconds. */
export function pause(clock: Clock, ms: number): Promise<void> {
  return new Promise((resolve) => void clock.after(ms, resolve));
}
