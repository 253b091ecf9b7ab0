import type { Clock, Timer } from '../../application/ports/clock.ts';
/** The machine's clocks and the event loop's timers. */
export declare class SystemClock implements Clock {
    epochMs(): number;
    monotonicMs(): number;
    after(delayMs: number, task: () => void): Timer;
    /** `setImmediate`, not a microtask: one of those would still run inside an HTTP handler's turn. */
    nextTurn(task: () => void): void;
}
