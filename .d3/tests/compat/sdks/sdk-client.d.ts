import type { Sdk } from './sdk.ts';
/** An application with one of the SDKs in it: it has the flags, and fetches them again when its SDK would. */
export declare class SdkClient {
    #private;
    /** Requests for flags whose answers have not come. */
    fetches: number;
    /** The flag's value that it has. */
    version: number;
    /** How often it tried to open a stream. */
    tries: number;
    /** How many streams it has open. */
    open: number;
    /** It will not try again. */
    gaveUp: boolean;
    constructor(sdk: Sdk, realtimeUrl: string, environment: string, flagsApiUrl: string);
    /** Loads the flags, and begins to hold a stream. */
    start(): Promise<void>;
    stop(): void;
}
