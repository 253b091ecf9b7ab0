import { MemorySocket } from "../../adapters/memory/memory-socket.js";
/** Sockets in memory, for the contract of a subscriber's socket. */
export function memorySocketWorld(parts = {}) {
    const { drainReports = 1, patienceMs = 15_000 } = parts;
    return {
        patienceMs,
        open: () => {
            const socket = parts.makeSocket?.() ?? new MemorySocket();
            const reported = { drained: 0, gone: 0 };
            const peer = {
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
//# sourceMappingURL=memory-socket-world.js.map