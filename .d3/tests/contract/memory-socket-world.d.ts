import { MemorySocket } from '../../adapters/memory/memory-socket.ts';
import type { SubscriberSocketWorld } from '../../infrastructure/contract/subscriber-socket-world.ts';
/** Parts of the world that a faulty one may replace. */
export interface SocketParts {
    readonly makeSocket?: () => MemorySocket;
    /** How often the transport reports that a peer has drained. */
    readonly drainReports?: number;
    readonly patienceMs?: number;
}
/** Sockets in memory, for the contract of a subscriber's socket. */
export declare function memorySocketWorld(parts?: SocketParts): SubscriberSocketWorld;
