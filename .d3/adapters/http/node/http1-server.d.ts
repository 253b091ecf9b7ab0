import type { Duplex } from 'node:stream';
import type { Routes } from '../routes.ts';
/** HTTP/1.1 on node:http, over connections that somebody else accepts. What its parser refuses, it answers itself. */
export declare class NodeHttp1Server {
    #private;
    constructor(routes: Routes);
    serve(socket: Duplex): void;
    /** Connections end with the response that they are carrying; those that carry none end now. */
    drain(): void;
    close(): void;
}
