/**
 * Loaded into a service before it starts. After the end of a connection it collects the young generation before the
 * event loop goes on to its next phase, so that whatever Node frees too early shows. On SIGUSR2 it logs what the heap
 * holds, beside the service's own lines.
 */
import { connect, createServer, Socket } from 'node:net';
import { exposedCollector, usedHeapBytes } from "../memory/used-heap.js";
/** Of so many, one is nearly always read in the same phase as the connection that ended, and after it. */
const CHATTERERS = 8;
const collect = exposedCollector();
let hasEnded = false;
const { end } = Socket.prototype;
Socket.prototype.end = function (...given) {
    hasEnded = true;
    return Reflect.apply(end, this, given);
};
/** Sends a byte for each that it receives, for ever. */
function chatter(socket) {
    socket.unref().on('data', () => {
        if (hasEnded)
            collect({ type: 'minor' });
        hasEnded = false;
        socket.write('.');
    });
}
const server = createServer(chatter).listen(0, '127.0.0.1', () => {
    const { port } = server.address();
    for (let pair = 0; pair < CHATTERERS / 2; pair++) {
        const first = connect(port, '127.0.0.1', () => first.write('.'));
        chatter(first);
    }
    server.unref();
});
process.on('SIGUSR2', () => {
    void usedHeapBytes().then((bytes) => console.log(JSON.stringify({ level: 'info', event: 'heap_used', bytes })));
});
//# sourceMappingURL=attacked.process.js.map