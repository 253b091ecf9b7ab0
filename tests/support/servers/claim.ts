import { once } from 'node:events';
import { createServer } from 'node:net';

/**
 * Takes a name that one process of the machine may have at a time. The kernel knows the owner, and releases it with the
 * process, so that a run that was killed leaves nothing behind.
 *
 * @param name at most 80 characters
 * @returns a function that releases it, or undefined if it is taken
 */
export async function claim(name: string): Promise<(() => Promise<void>) | undefined> {
  // A zero byte begins the address of a socket that is in no file system.
  const holder = createServer().unref().listen(`\0halyard-test-${name}`);
  try {
    await once(holder, 'listening');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EADDRINUSE') return undefined;
    throw error;
  }
  return async () => {
    holder.close();
    await once(holder, 'close');
  };
}
