import type { Duplex } from 'node:stream';
import type { Logger } from '../../../application/ports/logger.ts';
import type { Routes } from '../routes.ts';
/**
 * HTTP/2 on node:http2, over connections that somebody else accepts, with or without TLS. Beside the limits that are
 * set here, nghttp2's own hold: unread acknowledgements of pings and settings, resets a second, continuation frames.
 */
export declare class NodeHttp2Server {
    #private;
    constructor(routes: Routes, logger: Logger);
    serve(socket: Duplex): void;
    drain(): void;
}
