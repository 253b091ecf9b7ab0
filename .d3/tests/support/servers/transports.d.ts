/** The transports that serve HTTP/1.1: what is said on the wire is the same on each of them. */
export interface Transport {
    readonly name: string;
    readonly environment: Record<string, string>;
    /** Whether the addon's parser reads the requests: what it refuses, it refuses in its own way. */
    readonly isUws: boolean;
}
export declare const TRANSPORTS: readonly Transport[];
