import { type IncomingHttpHeaders, type ServerHttp2Stream } from 'node:http2';
import type { Answer, HeaderList } from '../answer.ts';
import { NodeExchange } from './exchange.ts';
/** One request on an HTTP/2 stream. */
export declare class Http2Exchange extends NodeExchange<ServerHttp2Stream> {
    #private;
    constructor(stream: ServerHttp2Stream, headers: IncomingHttpHeaders);
    peerAddress(): string;
    /** The protocol allows one at most, and resets a stream whose body is not as long as it says. */
    contentLengths(): number;
    readBody(limitBytes: number, take: (body: Buffer | 'too_large') => void): void;
    protected writeAnswer({ status, headers, body }: Answer): void;
    protected writeStreamHead(headers: HeaderList): void;
    protected endStream(): void;
    /** This stream alone: the others on its connection may be well. */
    protected cutStream(): void;
}
