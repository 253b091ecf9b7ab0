import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
/** V8's own garbage collection, at once. */
export function exposedCollector() {
    setFlagsFromString('--expose-gc');
    return runInNewContext('gc');
}
/** What the heap holds after everything that can go is gone. */
export async function usedHeapBytes() {
    const collect = exposedCollector();
    // What a finaliser lets go of is collected the next time.
    for (let pass = 0; pass < 3; pass++) {
        collect();
        await new Promise((resolve) => setImmediate(resolve));
    }
    const { heapUsed, external } = process.memoryUsage();
    return heapUsed + external;
}
//# sourceMappingURL=used-heap.js.map