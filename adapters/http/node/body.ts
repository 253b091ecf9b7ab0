import type { Readable } from 'node:stream';
import { RequestBody } from '../request-body.ts';

/**
 * Reads a request's body up to the limit. The callback is not called if the client goes away first; what arrives
 * beyond the limit is dropped as it arrives.
 */
export function readNodeBody(request: Readable, limitBytes: number, take: (body: Buffer | 'too_large') => void): void {
  const body = new RequestBody(limitBytes);
  const read = (chunk: Buffer): void => {
    if (body.add(chunk)) return;
    request.off('data', read).off('end', ended);
    request.resume();
    take('too_large');
  };
  const ended = (): void => take(body.bytes);
  request.on('data', read).on('end', ended);
}
