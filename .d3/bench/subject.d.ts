import { MeasuredProcess } from './measured-process.ts';
export declare const KEEP_ALIVE_SECONDS = 15;
export declare const TOKEN = "bench-token";
export declare const SUBJECTS: readonly ["limit", "halyard", "nchan", "node-http", "better-sse"];
export type SubjectName = (typeof SUBJECTS)[number];
export declare const TITLES: Readonly<Record<SubjectName, string>>;
/** A server under test, up and running. */
export interface Subject {
    readonly name: SubjectName;
    readonly port: number;
    readonly process: MeasuredProcess;
    stop(): Promise<void>;
}
export interface SubjectOptions {
    /** The compiled C loop. */
    readonly limit: string | undefined;
    /** For the service: variables that differ from its defaults. */
    readonly env?: Readonly<Record<string, string>>;
    /** `any`: not pinned to a core. */
    readonly core?: number | 'any';
    readonly port?: number;
    /** Further arguments of the runtime, as for a profile. */
    readonly execArgv?: readonly string[];
}
export declare function startSubject(name: SubjectName, options: SubjectOptions): Promise<Subject>;
