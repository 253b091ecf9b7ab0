import { StepClock } from '../../adapters/memory/step-clock.ts';
import type { Step } from './step.ts';
/** Several instances on one log, their clients, and everything that must hold between them. */
export declare class World {
    #private;
    readonly clock: StepClock;
    /** @param tell hears what happens, for a story of the run */
    constructor(seed: number, tell?: (line: string) => void);
    /** Everything that could be observed, in one number. */
    digest(): string;
    /** @throws Violation when something does not hold any more */
    perform(step: Step): Promise<void>;
    /** Everything comes to rest, every instance drains, and nothing is left. */
    end(): Promise<void>;
}
