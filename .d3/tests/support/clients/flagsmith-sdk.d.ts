/** The real `flagsmith` package from npm, in a process of its own. */
export declare class FlagsmithSdk {
    #private;
    /** The flag's value that its application was last told; 0 before the first. */
    version: number;
    /**
     * @param api the base URL of the flags API
     * @param realtime the base URL of the service, with a slash at its end
     */
    constructor(api: string, realtime: string, environment: string);
    shows(version: number): Promise<void>;
    stop(): void;
}
