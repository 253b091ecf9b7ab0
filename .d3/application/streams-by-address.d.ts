/**
 * How many streams each address has, so that one cannot take the places of all. It holds only addresses that have one:
 * never more of them than there are streams.
 */
export declare class StreamsByAddress {
    #private;
    /** @param max of one address; 0: any number, and nothing is counted */
    constructor(max: number);
    /** The addresses that have a stream. */
    get size(): number;
    hasRoom(address: string): boolean;
    /** @returns what is to be called, once, when the stream is over; undefined where nothing is counted */
    opened(address: string): (() => void) | undefined;
}
