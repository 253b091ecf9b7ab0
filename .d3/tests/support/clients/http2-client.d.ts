import { type ClientHttp2Session, type ClientHttp2Stream, connect, type IncomingHttpHeaders } from 'node:http2';
import type { StreamPeer } from '../../../infrastructure/contract/subscriber-socket-world.ts';
/** One stream of Node's own HTTP/2 client. */
export declare class Http2Client implements StreamPeer {
    #private;
    readonly session: ClientHttp2Session;
    readonly stream: ClientHttp2Stream;
    status: number;
    headers: IncomingHttpHeaders;
    received: string;
    /** How many reads brought what was received. */
    reads: number;
    /** @param request headers beside the path, and a method other than GET */
    constructor(session: ClientHttp2Session, path: string, request?: Record<string, string>, body?: string | Buffer);
    /** Opens a stream of events, and waits for its first bytes. */
    static open(session: ClientHttp2Session, environment: string): Promise<Http2Client>;
    get ending(): 'open' | 'ended' | 'cut';
    /** The `updated_at` of each event, as text. */
    get heard(): readonly string[];
    hears(updatedAt: string, ceilingMs?: number): Promise<void>;
    /** Waits for the whole answer. */
    answered(): Promise<Http2Client>;
    stopReading(): void;
    readOn(): void;
    vanish(): void;
}
/** A connection, ready for requests. */
export declare function connectHttp2(url: string, options?: Parameters<typeof connect>[1]): Promise<ClientHttp2Session>;
