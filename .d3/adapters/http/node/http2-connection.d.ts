import { type ServerHttp2Session, type ServerHttp2Stream } from 'node:http2';
/** One HTTP/2 connection: it knows how many streams are open on it, and ends when there is no use for it any more. */
export declare class Http2Connection {
    #private;
    constructor(session: ServerHttp2Session, idleMs?: number);
    opened(stream: ServerHttp2Stream): void;
    /**
     * Says GOAWAY without refusing requests that crossed it. The answer to the ping comes after all of those, and from
     * then on the connection ends with its last stream.
     */
    drain(): void;
}
