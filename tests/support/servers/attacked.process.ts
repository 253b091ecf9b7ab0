/**
 * Loaded into a service before it starts. After the end of a connection it collects the young generation before the
 * event loop goes on to its next phase, so that whatever Node frees too early shows. On SIGUSR2 it logs the size of
 * the heap, beside the service's own lines.
 */
import { connect, createServer, Socket } from 'node:net';
import { exposedCollector, usedHeapBytes } from '../memory/used-heap.ts';

/** Of this many, one is nearly always read in the same phase as the connection that ended, and after it. */
const CHATTERERS = 8;

const collect = exposedCollector();
let hasEnded = false;

// Called with its socket as `this`.
// eslint-disable-next-line @typescript-eslint/unbound-method
const { end } = Socket.prototype;
Socket.prototype.end = function (this: Socket, ...given: Parameters<typeof end>) {
  hasEnded = true;
  return Reflect.apply(end, this, given);
} as typeof end;

/** Sends a byte for each that it receives, for ever. */
function chatter(socket: Socket): void {
  socket.unref().on('data', () => {
    if (hasEnded) collect({ type: 'minor' });
    hasEnded = false;
    socket.write('.');
  });
}

const server = createServer(chatter).listen(0, '127.0.0.1', () => {
  const { port } = server.address() as { port: number };
  for (let pair = 0; pair < CHATTERERS / 2; pair++) {
    const first = connect(port, '127.0.0.1', () => first.write('.'));
    chatter(first);
  }
  server.unref();
});

process.on('SIGUSR2', () => {
  void usedHeapBytes().then((bytes) => console.log(JSON.stringify({ level: 'info', event: 'heap_used', bytes })));
});
