import type { Socket } from 'node:net';
/**
 * Waits for the first bytes of a connection, and tells which protocol they are of; the bytes stay in the socket. A
 * client that says nothing is cut.
 */
export declare function whenProtocolKnown(socket: Socket, take: (protocol: 'http1' | 'http2') => void): void;
