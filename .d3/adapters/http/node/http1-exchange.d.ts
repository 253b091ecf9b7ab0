import type { IncomingMessage, ServerResponse } from 'node:http';
import { type Answer, type HeaderList } from '../answer.ts';
import { NodeExchange } from './exchange.ts';
/** One HTTP/1.1 request on node:http. */
export declare class Http1Exchange extends NodeExchange<ServerResponse> {
    #private;
    constructor(request: IncomingMessage, response: ServerResponse);
    peerAddress(): string;
    /** Whether its response stays open after all that its client has to send: a stream, or a request that is held. */
    get isOpenEnded(): boolean;
    contentLengths(): number;
    readBody(limitBytes: number, take: (body: Buffer | 'too_large') => void): void;
    protected writeAnswer({ status, headers, body, close }: Answer): void;
    protected writeStreamHead(headers: HeaderList): void;
    protected endStream(): void;
    protected cutStream(): void;
}
