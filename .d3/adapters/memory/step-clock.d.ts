import type { Clock, Timer } from '../../application/ports/clock.ts';
/** A clock that stands still until it is told to go on: hours pass in a microsecond, and in the same order each time. */
export declare class StepClock implements Clock {
    #private;
    /** @param startMs what the wall clock shows at first, in milliseconds since 1970 */
    constructor(startMs?: number);
    epochMs(): number;
    monotonicMs(): number;
    after(delayMs: number, run: () => void): Timer;
    nextTurn(task: () => void): void;
    /** Runs what was put off to the next turn, once: what that puts off in turn waits for the next call. */
    turn(): number;
    /**
     * Runs turns, and whatever promises they settle, until nothing is put off any more.
     *
     * @throws Error when that does not come to an end
     */
    settle(): Promise<void>;
    /** Lets time pass, and runs what falls due on the way, each task at its own time. */
    advance(ms: number): Promise<void>;
}
