export interface Machine {
    readonly cores: number;
    /** What the report says of it: a name and a value each. */
    readonly facts: readonly (readonly [string, string])[];
}
/** The core of the server under test, and the one of the load: two that are different, or nothing can be told apart. */
export declare const SERVER_CORE = 0;
export declare const LOAD_CORE: number;
/**
 * @throws Error that says what the machine lacks
 */
export declare function describeMachine(): Promise<Machine>;
/** The first line that a program says of itself; undefined where there is no such program. */
export declare function version(program: string, args: readonly string[]): Promise<string | undefined>;
