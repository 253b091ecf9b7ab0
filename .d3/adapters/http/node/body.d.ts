import type { Readable } from 'node:stream';
/**
 * Reads a request's body up to the limit. The callback is not called when the client goes away first; what comes
 * beyond the limit is dropped as it arrives.
 */
export declare function readNodeBody(request: Readable, limitBytes: number, take: (body: Buffer | 'too_large') => void): void;
