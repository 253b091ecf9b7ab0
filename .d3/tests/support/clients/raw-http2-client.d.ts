import { RawClient } from './raw-client.ts';
export interface Frame {
    readonly type: number;
    readonly flags: number;
    readonly stream: number;
    readonly payload: Buffer;
}
export declare const FRAME: {
    readonly data: 0;
    readonly headers: 1;
    readonly reset: 3;
    readonly settings: 4;
    readonly ping: 6;
    readonly goaway: 7;
    readonly continuation: 9;
};
export declare const FLAG: {
    readonly endStream: 1;
    readonly ack: 1;
    readonly endHeaders: 4;
};
export declare const CODE: {
    readonly none: 0;
    readonly protocol: 1;
    readonly refused: 7;
    readonly cancel: 8;
    readonly calm: 11;
};
/** An HTTP/2 client that sends single frames, also such as no client should, and reads what comes. */
export declare class RawHttp2Client {
    readonly raw: RawClient;
    private constructor();
    /** @param first frames that go out in the segment of the preface */
    static connect(port: number, first?: readonly Buffer[]): Promise<RawHttp2Client>;
    get frames(): readonly Frame[];
    /** The code of the GOAWAY frame that the service sent last, if any. */
    get goaway(): number | undefined;
    /** With which codes streams were reset. */
    get resets(): readonly number[];
}
export declare function frame(type: number, flags: number, stream: number, payload?: Buffer): Buffer;
/** A string of a header block, without compression. */
export declare function literal(text: string): Buffer;
/** The header block of a GET, without compression but for what is in the static table. */
export declare function getBlock(path: string): Buffer;
/** The header block of a POST with the token, in the same way (RFC 7541, appendix A has the static table). */
export declare function postBlock(path: string): Buffer;
export declare function getFrame(stream: number, path: string): Buffer;
export declare function resetFrame(stream: number, code: number): Buffer;
