/** The load generator and the environment in which it runs: the machine's own, else Debian's. */
export declare function wrk(): Promise<readonly [binary: string, env: NodeJS.ProcessEnv]>;
