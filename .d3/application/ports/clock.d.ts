/** Time for everything outside the domain (which gets it as an argument). A stepped one makes a test exact. */
export interface Clock {
    /** Milliseconds since 1970: for timestamps that others gave. It may jump when the machine's clock is set. */
    epochMs(): number;
    /** Milliseconds since some start: for durations. It never goes back. */
    monotonicMs(): number;
    /** Runs a task once, not before `delayMs` have passed, on a turn of its own. */
    after(delayMs: number, task: () => void): Timer;
    /** Runs a task on the next turn of the event loop, after whatever I/O is waiting: never inside the caller's turn. */
    nextTurn(task: () => void): void;
}
export interface Timer {
    /** The task will not run. Without effect when it ran already. */
    cancel(): void;
}
/** Resolves after `ms` milliseconds. */
export declare function pause(clock: Clock, ms: number): Promise<void>;
