import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

type Collector = (options?: { readonly type: 'minor' | 'major' }) => void;

/** V8's own garbage collection, at once. */
export function exposedCollector(): Collector {
  setFlagsFromString('--expose-gc');
  return runInNewContext('gc') as Collector;
}

/** The size of the heap after everything that can be freed is freed. */
export async function usedHeapBytes(): Promise<number> {
  const collect = exposedCollector();
  // What a finaliser releases is collected the next time.
  for (let pass = 0; pass < 3; pass++) {
    collect();
    await new Promise((resolve) => setImmediate(resolve));
  }
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}
