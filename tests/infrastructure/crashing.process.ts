/**
 * Loaded before the service: a bug that a SIGUSR2 or a request for `/planted-bug` triggers.
 * `PLANTED_BUG` says what the signal causes: an exception, or a rejected promise.
 */
process.on('SIGUSR2', () => {
  const bug = new Error('a planted bug');
  if (process.env['PLANTED_BUG'] !== 'rejection') throw bug;
  void Promise.reject(bug);
});

// Called with its string as `this`.
// eslint-disable-next-line @typescript-eslint/unbound-method
const { startsWith } = String.prototype;
// The beginning of every path is compared inside the handler of its request.
String.prototype.startsWith = function (this: string, ...sought: Parameters<typeof startsWith>): boolean {
  if (startsWith.call(this, '/planted-bug')) throw new Error('a planted bug');
  return startsWith.apply(this, sought);
};
