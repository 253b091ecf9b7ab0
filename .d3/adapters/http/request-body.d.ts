/**
 * What came of a request's body so far, in one piece of memory: a client that sends it byte by byte makes it take no
 * more, while a buffer for each piece would take hundreds of times as much as it holds.
 */
export declare class RequestBody {
    #private;
    constructor(limitBytes: number);
    get bytes(): Buffer;
    /**
     * Takes a copy of the next piece.
     *
     * @returns false where it goes beyond the limit: then it is dropped
     */
    add(piece: Uint8Array): boolean;
}
