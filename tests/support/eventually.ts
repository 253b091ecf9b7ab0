/**
 * Waits until the condition holds. The ceiling is generous: it is for what never comes, not for measuring.
 *
 * @param what the condition in words; a function where they depend on how far it came
 */
export async function eventually(
  what: string | (() => string),
  holds: () => boolean | Promise<boolean>,
  ceilingMs = 15_000,
): Promise<void> {
  const endsMs = performance.now() + ceilingMs;
  while (!(await holds())) {
    if (performance.now() > endsMs)
      throw new Error(`not within ${ceilingMs} ms: ${typeof what === 'string' ? what : what()}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
