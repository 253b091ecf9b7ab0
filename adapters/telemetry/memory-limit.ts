import { totalmem } from 'node:os';

/**
 * How much memory this process may have, in bytes: the limit of its control group, or what the machine has where there
 * is none. The runtime gives 0, or more than there is, where no limit is set.
 */
export function memoryLimit(): number {
  const [group, machine] = [process.constrainedMemory(), totalmem()];
  return group > 0 ? Math.min(group, machine) : machine;
}
