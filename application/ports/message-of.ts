/**
 * The text for something that was thrown, in a log line or an outcome. In JavaScript it may be anything, or nothing.
 */
export function messageOf(thrown: unknown): string {
  // Node collects the errors of several addresses in one error that has no message of its own.
  if (thrown instanceof AggregateError && thrown.message === '' && thrown.errors.length > 0)
    return thrown.errors.map(messageOf).join('; ');
  if (thrown instanceof Error) return thrown.message || thrown.name;
  if (thrown === undefined || thrown === null) return 'no reason was given';
  // An object may have no `toString`, or one that throws.
  // eslint-disable-next-line @typescript-eslint/no-base-to-string -- it is not an object here
  return typeof thrown === 'object' ? Object.prototype.toString.call(thrown) : String(thrown);
}
