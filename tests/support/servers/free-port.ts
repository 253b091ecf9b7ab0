import { once } from 'node:events';
import { createServer } from 'node:net';
import { claim } from './claim.ts';

/** Below the ports that the kernel assigns to connections and to listeners on port 0, so those never take one of ours. */
const [FIRST, LAST] = [10_000, 32_000];

/**
 * A free port, for programs that cannot report which one they took, and for programs that release it for a
 * moment and take it again. No other test gets it while this process lives.
 */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = FIRST + Math.floor(Math.random() * (LAST - FIRST));
    if ((await claim(`port-${port}`)) !== undefined && (await isFree(port))) return port;
  }
}

async function isFree(port: number): Promise<boolean> {
  const probe = createServer();
  try {
    await once(probe.listen(port), 'listening');
  } catch {
    return false;
  }
  probe.close();
  await once(probe, 'close');
  return true;
}
