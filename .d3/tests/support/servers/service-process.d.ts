/** What has the service load a module of `tests/infrastructure` before its own. */
export declare function preload(name: string): Record<string, string>;
interface SpawnOptions {
    /** Options of Node's own. */
    readonly nodeOptions?: readonly string[];
    /** How many files it may open; Node takes the hard limit, so that is what is set. */
    readonly maxFiles?: number;
    /** How much memory it may have; beyond it the process ends. */
    readonly maxMegabytes?: number;
    /** An open file that takes its log, of which nothing is read then. */
    readonly stdout?: number;
}
export interface LogLine {
    readonly level: string;
    readonly event: string;
    readonly [field: string]: unknown;
}
/** The service as a process of its own, as a container runs it: it can be killed. */
export declare class ServiceProcess {
    #private;
    readonly lines: LogLine[];
    stderr: string;
    exitCode: number | undefined;
    private constructor();
    /** Starts it, without waiting for anything. */
    static spawn(environment?: Record<string, string>, args?: readonly string[], { nodeOptions, maxFiles, maxMegabytes, stdout }?: SpawnOptions): ServiceProcess;
    /** Starts it, and waits until it listens. */
    static start(environment?: Record<string, string>, options?: SpawnOptions): Promise<ServiceProcess>;
    get pid(): number;
    get ports(): readonly number[];
    get port(): number;
    url(path: string): string;
    logged(event: string): Promise<LogLine>;
    signal(signal: NodeJS.Signals): void;
    exited(ceilingMs?: number): Promise<number>;
    /** Ends it, however far it got. */
    kill(): Promise<void>;
}
export {};
