import { Load, type LoadReport } from './load.ts';
import type { Plot } from './plot.ts';
import { type Subject, type SubjectName, type SubjectOptions } from './subject.ts';
/** What a scenario gets to work with. */
export interface Bench {
    /** The compiled programs; without a C compiler there is no bare loop to compare with. */
    readonly limit: string | undefined;
    readonly load: string;
    /** Fewer rounds: about a third of the time, for a look. */
    readonly isQuick: boolean;
    readonly say: (what: string) => void;
}
export interface Scenario {
    readonly name: string;
    readonly title: string;
    /** What is done and what is measured, in sentences for the report. */
    readonly about: string;
    /** Runs only when it is asked for by name. */
    readonly onlyByName?: boolean;
    run(bench: Bench): Promise<Findings>;
}
export interface Findings {
    readonly tables: readonly Table[];
    readonly bars: readonly Bar[];
    readonly plots?: readonly Plot[];
    /** What the guide to scaling reckons with. */
    readonly facts?: Partial<ScalingFacts>;
}
export interface ScalingFacts {
    readonly cpuPerEventUs: number;
    readonly bytesPerSubscriber: number;
    readonly cpuPerConnectUs: number;
    /** Of a core, for 15,000 streams. */
    readonly idleShare: number;
    readonly cpuPerEventOfManyUs: number;
    readonly cpuPerChangeUs: number;
    readonly natsCpuPerChangeUs: number;
    readonly propagationP50Ms: number;
    readonly propagationP99Ms: number;
    readonly natsMessagesForReconnect: number;
}
export interface Table {
    readonly head: readonly string[];
    readonly rows: readonly (readonly string[])[];
}
/** A figure that the project promises itself, and whether this run reached it. */
export interface Bar {
    readonly figure: string;
    readonly bar: string;
    readonly measured: string;
    readonly isMet: boolean;
}
/** Runs a command of the load with the server's and the generator's processor time beside it. */
export declare function measured(subject: Subject, task: () => Promise<LoadReport>): Promise<Measured>;
export interface Measured {
    readonly report: LoadReport;
    /** Processor time of the server in the whole command. */
    readonly serverUs: number;
    /** Of one core: who of the two is near 1 is the bottleneck. */
    readonly serverShare: number;
    readonly loadShare: number;
}
/** @throws Error when streams did not open or were lost: figures of a broken run mislead */
export declare function expectWhole(what: string, report: LoadReport): LoadReport;
/** Runs a task against a server of its own, and lets go of it. */
export declare function withSubject<T>(bench: Bench, name: SubjectName, options: Omit<SubjectOptions, 'limit'>, task: (subject: Subject) => Promise<T>): Promise<T>;
/** Runs a task with a load generator of its own. */
export declare function withLoad<T>(bench: Bench, target: {
    readonly port: number;
    readonly name?: string;
    readonly environments?: number;
}, task: (load: Load) => Promise<T>): Promise<T>;
export declare function median(values: readonly number[]): number;
export declare const pause: (ms: number) => Promise<void>;
export declare function digits(value: number, places?: number): string;
export declare function atMost(figure: string, value: number, bar: number, unit: string): Bar;
export declare function atLeast(figure: string, value: number, bar: number, unit: string): Bar;
export declare function percent(share: number): string;
