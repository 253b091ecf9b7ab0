import type { Random } from './random.ts';
/**
 * One step of a run. Steps name instances, environments and subscribers by numbers that are taken modulo what is there,
 * so that a step still means something when others before it were left out.
 */
export interface Step {
    readonly kind: StepKind;
    /** Which instance, environment or subscriber. */
    readonly at: number;
    readonly environment: number;
    /** How many, how long, or which form: each kind says. */
    readonly amount: number;
}
export type StepKind = keyof typeof WEIGHTS;
/** How often each kind comes. The faults come last. */
declare const WEIGHTS: {
    readonly turn: 30;
    readonly tick: 14;
    readonly publish: 22;
    readonly subscribe: 14;
    readonly leave: 4;
    readonly stopReading: 6;
    readonly readOn: 6;
    readonly vanish: 2;
    readonly race: 4;
    readonly publishDirectly: 2;
    readonly rest: 2;
    readonly start: 4;
    readonly outage: 2;
    readonly outageOfAll: 1;
    readonly restore: 4;
    readonly rebuild: 2;
    readonly loseDelivery: 2;
    readonly repeatDeliveries: 2;
    readonly replayOldEpoch: 1;
    readonly holdDeliveries: 2;
    readonly loseAnswer: 2;
    readonly refuseAppends: 2;
    readonly slowAppend: 2;
    readonly crash: 1;
    readonly drain: 1;
    readonly rollBack: 0.4;
    readonly makeAnew: 0.3;
};
export declare const FAULTS: ReadonlySet<StepKind>;
export declare function drawStep(random: Random): Step;
export declare function describeStep({ kind, at, environment, amount }: Step): string;
export {};
