import type { Clock } from '../../application/ports/clock.ts';
import type { Logger } from '../../application/ports/logger.ts';
export interface TlsFiles {
    readonly certFile: string;
    readonly keyFile: string;
}
export interface TlsPair {
    readonly cert: string;
    readonly key: string;
}
/** The certificate and its key, as their files have them now. */
export declare class TlsCertificate {
    #private;
    constructor(files: TlsFiles, clock: Clock, logger: Logger);
    /** @throws Error when the files cannot be read, or do not belong together */
    load(): Promise<TlsPair>;
    /** Calls back with each new pair that can be used. One that cannot is logged, and the one before stays. */
    follow(changed: (pair: TlsPair) => void): void;
    stop(): void;
}
