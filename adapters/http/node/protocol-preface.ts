import type { Socket } from 'node:net';
import { REQUEST_MS } from './limits.ts';

/** How every HTTP/2 connection begins. No method of HTTP/1.1 has this name. */
const HTTP2_PREFACE = Buffer.from('PRI ');

/**
 * Waits for the first bytes of a connection, and reports their protocol; the bytes stay in the socket. A silent client
 * is cut off.
 */
export function whenProtocolKnown(socket: Socket, take: (protocol: 'http1' | 'http2') => void): void {
  let seen: Buffer = Buffer.alloc(0);
  const read = (): void => {
    const chunk = socket.read() as Buffer | null;
    if (chunk === null) return;
    seen = seen.length === 0 ? chunk : Buffer.concat([seen, chunk]);
    const length = Math.min(seen.length, HTTP2_PREFACE.length);
    const isHttp2 = seen.subarray(0, length).equals(HTTP2_PREFACE.subarray(0, length));
    if (isHttp2 && length < HTTP2_PREFACE.length) return;
    socket.off('readable', read).off('end', cut).off('timeout', cut);
    socket.setTimeout(0);
    socket.unshift(seen);
    take(isHttp2 ? 'http2' : 'http1');
  };
  const cut = (): void => void socket.destroy();
  socket.on('readable', read).on('end', cut).on('timeout', cut);
  socket.setTimeout(REQUEST_MS);
}
