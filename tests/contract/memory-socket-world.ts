import { MemorySocket } from '../../adapters/memory/memory-socket.ts';
import type { StreamPeer, SubscriberSocketWorld } from '../../infrastructure/contract/subscriber-socket-world.ts';

/** Parts of the world that a faulty one may replace. */
export interface SocketParts {
  readonly makeSocket?: () => MemorySocket;
  /** How often the transport reports that a peer has drained. */
  readonly drainReports?: number;
  readonly patienceMs?: number;
}

/** Sockets in memory, for the contract of a subscriber's socket. */
export function memorySocketWorld(parts: SocketParts = {}): SubscriberSocketWorld {
  const { drainReports = 1, patienceMs = 15_000 } = parts;
  return {
    patienceMs,
    open: () => {
      const socket = parts.makeSocket?.() ?? new MemorySocket();
      const reported = { drained: 0, gone: 0 };
      const peer: StreamPeer = {
        get received() {
          return socket.frames.join('') + ':\n\n'.repeat(socket.keepAlives);
        },
        get ending() {
          return socket.ending === 'open' || socket.ending === 'ended' ? socket.ending : 'cut';
        },
        stopReading: () => socket.stopReading(),
        readOn: () => {
          socket.readOn();
          reported.drained += drainReports;
        },
        vanish: () => {
          socket.vanish();
          reported.gone++;
        },
      };
      return Promise.resolve({ socket, peer, reported });
    },
    close: () => undefined,
  };
}
