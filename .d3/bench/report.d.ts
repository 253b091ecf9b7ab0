import type { Machine } from './machine.ts';
import type { Findings, Scenario } from './scenario.ts';
export interface Outcome {
    readonly scenario: Scenario;
    readonly findings?: Findings;
    readonly failure?: string;
    readonly seconds: number;
}
/** The whole of docs/benchmarks.md. */
export declare function renderReport(machine: Machine, outcomes: readonly Outcome[], { isQuick, date }: {
    readonly isQuick: boolean;
    readonly date: Date;
}): string;
