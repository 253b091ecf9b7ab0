import type { Clock, Timer } from '../../application/ports/clock.ts';
/** One instance's view of the world's clock. When the instance dies, its timers and turns die with it. */
export declare class InstanceClock implements Clock {
    #private;
    constructor(world: Clock);
    /** The timers that are set and have not run. */
    get timers(): number;
    die(): void;
    epochMs(): number;
    monotonicMs(): number;
    after(delayMs: number, task: () => void): Timer;
    nextTurn(task: () => void): void;
}
