import type { HttpListener } from '../../../application/ports/http-listener.ts';
import type { Logger } from '../../../application/ports/logger.ts';
import type { ConnectionBudget } from '../connection-budget.ts';
import type { ListenAddress } from '../listen-address.ts';
import type { Routes } from '../routes.ts';
import type { TlsCertificate } from '../tls-certificate.ts';
export interface NodeServerOptions {
    readonly addresses: readonly ListenAddress[];
    readonly connections: ConnectionBudget;
    /** With it, TLS; the client chooses the protocol by ALPN. Without, by its first bytes. */
    readonly certificate?: TlsCertificate;
}
/** HTTP/2 and HTTP/1.1 on Node's own modules: slower than the addon, with TLS, and on every platform. */
export declare class NodeServer implements HttpListener {
    #private;
    constructor(options: NodeServerOptions, routes: Routes, logger: Logger);
    get ports(): readonly number[];
    listen(): Promise<void>;
    stopListening(): void;
    /** What was written last is still on its way: it gets a moment, then the connections are cut. */
    close(): Promise<void>;
}
