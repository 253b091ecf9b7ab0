import type { HttpListener } from '../../../application/ports/http-listener.ts';
import type { Logger } from '../../../application/ports/logger.ts';
import type { ConnectionBudget } from '../connection-budget.ts';
import type { ListenAddress } from '../listen-address.ts';
import type { Routes } from '../routes.ts';
export interface UwsServerOptions {
    readonly addresses: readonly ListenAddress[];
    readonly connections: ConnectionBudget;
    /** Let other processes listen on the same port, as workers do; otherwise a second service fails to start. */
    readonly sharePort: boolean;
}
/** HTTP/1.1 on uWebSockets.js: the fast transport. */
export declare class UwsServer implements HttpListener {
    #private;
    constructor(options: UwsServerOptions, routes: Routes, logger: Logger);
    get ports(): readonly number[];
    listen(): Promise<void>;
    stopListening(): void;
    /** What was written is with the kernel already. */
    close(): Promise<void>;
}
