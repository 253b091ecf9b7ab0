import type { IncomingHttpHeaders } from 'node:http';
import type { Writable } from 'node:stream';
import type { Answer, HeaderList } from '../answer.ts';
import type { HttpExchange, StreamBeginning, StreamSocket } from '../exchange.ts';
/** A request as both protocols have it: the target with its query. */
export interface RequestHead {
    readonly method: string | undefined;
    readonly target: string | undefined;
    readonly headers: IncomingHttpHeaders;
}
/** One request on Node's own modules. What it writes is the protocol's; that its client may be gone is seen here. */
export declare abstract class NodeExchange<Response extends Writable> implements HttpExchange {
    #private;
    readonly method: string;
    readonly path: string;
    protected readonly response: Response;
    constructor({ method, target, headers }: RequestHead, response: Response);
    get isGone(): boolean;
    header(name: string): string;
    /** Node joins the lines itself. */
    headerLines(name: string): string;
    answer(answer: Answer): void;
    onGone(callback: () => void): void;
    beginStream({ headers, firstBytes, keepAlive }: StreamBeginning): StreamSocket;
    abstract peerAddress(): string;
    abstract contentLengths(): number;
    abstract readBody(limitBytes: number, take: (body: Buffer | 'too_large') => void): void;
    protected abstract writeAnswer(answer: Answer): void;
    protected abstract writeStreamHead(headers: HeaderList): void;
    protected abstract endStream(): void;
    protected abstract cutStream(): void;
}
