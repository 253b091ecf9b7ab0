import type { Drain } from '../application/drain.ts';
import type { LogTail } from '../application/log-tail.ts';
import type { HttpListener } from '../application/ports/http-listener.ts';
import type { UpdateLog } from '../application/ports/update-log.ts';
import type { Sweep } from '../application/sweep.ts';
interface Parts {
    readonly listeners: readonly HttpListener[];
    readonly log: UpdateLog;
    readonly tail: LogTail;
    readonly sweep: Sweep;
    readonly drain: Drain;
}
/** The running service: the order in which its parts start and stop. */
export declare class Service {
    #private;
    constructor(parts: Parts);
    /** The ports that the listeners have, in the order of the configuration. */
    get ports(): readonly number[];
    /**
     * Listens first, so that clients are held while the log is still being reached.
     *
     * @throws Error when an address cannot be bound; those that were bound are let go
     */
    start(): Promise<void>;
    /** Drains, and lets go of everything. */
    stop(): Promise<void>;
    /** The way out of a process that cannot go on: every stream is ended at once, and a second is all that it takes. */
    endAtOnce(): Promise<void>;
}
export {};
