import { setTimeout as delay } from 'node:timers/promises';

/** Generous: what it waits for takes milliseconds or a few seconds on a quiet machine. */
export const CEILING_MS = 30_000;

/** Waits until a condition holds: its first value that is neither false nor undefined. Fails with what was awaited. */
export async function eventually<T>(
  what: string,
  condition: () => T | false | undefined | Promise<T | false | undefined>,
  ceilingMs = CEILING_MS,
): Promise<T> {
  const deadline = Date.now() + ceilingMs;
  for (;;) {
    const value = await condition();
    if (value !== false && value !== undefined) return value;
    if (Date.now() > deadline) throw new Error(`not within ${ceilingMs} ms: ${what}`);
    await delay(10);
  }
}
