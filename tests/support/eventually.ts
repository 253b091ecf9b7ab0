import { Patience } from '../../infrastructure/contract/patience.ts';

/** For a machine that is busy with other runs. */
const CEILING_MS = 60_000;

/**
 * Waits until the condition holds. The ceiling is generous: it is for what never happens, not for measuring.
 *
 * @param what the condition in words; a function if they depend on the progress so far
 */
export function eventually(
  what: string | (() => string),
  holds: () => boolean | Promise<boolean>,
  ceilingMs = CEILING_MS,
): Promise<void> {
  return new Patience(ceilingMs).until(what, holds);
}
