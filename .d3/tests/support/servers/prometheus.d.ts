/**
 * Runs Prometheus's own checker.
 *
 * @returns what it printed
 * @throws Error with what it printed, when it found something
 */
export declare function promtool(args: readonly string[], input?: string): Promise<string>;
interface Sample {
    readonly metric: Readonly<Record<string, string>>;
    readonly value: number;
}
/** A real Prometheus with a store of its own, that scrapes one target many times a second. */
export declare class Prometheus {
    #private;
    private constructor();
    /** @param target `host:port` of the service */
    static start(target: string, rulesFile: string): Promise<Prometheus>;
    query(expression: string): Promise<readonly Sample[]>;
    /** The alerts that were loaded, with their health by Prometheus's own account. */
    rules(): Promise<readonly {
        readonly name: string;
        readonly health: string;
    }[]>;
    stop(): Promise<void>;
}
export {};
