/** Why a request failed: `fetch` fails with "fetch failed", and has the reason in its cause. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { cause } = error;
  if (cause instanceof AggregateError) return reasonOf(cause.errors[0]);
  if (cause instanceof Error) return reasonOf(cause);
  return error.message || (error as NodeJS.ErrnoException).code || error.name;
}
