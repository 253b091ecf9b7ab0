import type { Clock } from '../../application/ports/clock.ts';
/** Those who wait for a change or for time to pass, none of them beyond the end. Bounded by the appends in flight. */
export declare class Waiting {
    #private;
    constructor(clock: Clock);
    get ended(): boolean;
    /** Until something changed, or `timeoutMs` have passed. */
    change(timeoutMs: number): Promise<void>;
    /** Until `delayMs` have passed, whatever changes but the end. */
    pause(delayMs: number): Promise<void>;
    changed(): void;
    end(): void;
}
