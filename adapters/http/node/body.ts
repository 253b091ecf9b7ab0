import type { Readable } from 'node:stream';

/**
 * Reads a request's body up to the limit. The callback is not called when the client goes away first; what comes
 * beyond the limit is dropped as it arrives.
 */
export function readNodeBody(request: Readable, limitBytes: number, take: (body: Buffer | 'too_large') => void): void {
  const chunks: Buffer[] = [];
  let bytes = 0;
  const read = (chunk: Buffer): void => {
    bytes += chunk.length;
    if (bytes <= limitBytes) return void chunks.push(chunk);
    request.off('data', read).off('end', ended);
    request.resume();
    take('too_large');
  };
  const ended = (): void => take(Buffer.concat(chunks));
  request.on('data', read).on('end', ended);
}
