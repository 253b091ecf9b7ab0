import { totalmem } from 'node:os';

/**
 * How much memory this process may have, in bytes: the limit of its control group, or else the memory of the machine.
 * Without a limit the runtime gives 0, or more than the machine has.
 */
export function memoryLimit(): number {
  const [group, machine] = [process.constrainedMemory(), totalmem()];
  return group > 0 ? Math.min(group, machine) : machine;
}
