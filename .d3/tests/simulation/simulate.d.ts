import { type Step } from './step.ts';
import { Violation } from './violation.ts';
export interface SimulationOptions {
    readonly seed: number;
    readonly steps: number;
    /** Whether a failing run is cut down to its shortest trace. */
    readonly shrink?: boolean;
    readonly onProgress?: (stepsDone: number) => void;
}
/** A run that failed: how to see it again, and the shortest way there. */
export declare class SimulationFailure extends Error {
    readonly rule: string;
    readonly trace: readonly Step[];
    constructor(options: SimulationOptions, episode: number, violation: Violation, trace: readonly Step[], story: readonly string[]);
}
/**
 * Runs worlds one after the other, each from a seed of its own, until as many steps are done.
 *
 * @returns a digest of everything that could be observed: the same for the same seed
 * @throws SimulationFailure
 */
export declare function simulate(options: SimulationOptions): Promise<string>;
