import type { SocketParts } from './memory-socket-world.ts';
/** A socket or a transport that is wrong in one thing, for each case of the contract; made for each world. */
export declare const FAULTY_SOCKETS: Readonly<Record<string, () => SocketParts>>;
