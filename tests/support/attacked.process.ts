/** Loaded into a service before it starts: on SIGUSR2 it logs what its heap holds, beside the service's own lines. */
import { usedHeapBytes } from './used-heap.ts';

process.on('SIGUSR2', () => {
  void usedHeapBytes().then((bytes) => console.log(JSON.stringify({ level: 'info', event: 'heap_used', bytes })));
});
