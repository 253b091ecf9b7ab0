/**
 * Loaded before the service: a bug in it, where a SIGUSR2 or a request for `/planted-bug` is what meets it.
 * `PLANTED_BUG` says what becomes of the signal: an exception, or a rejected promise.
 */
process.on('SIGUSR2', () => {
  const bug = new Error('a planted bug');
  if (process.env['PLANTED_BUG'] !== 'rejection') throw bug;
  void Promise.reject(bug);
});

// Called with the string it is asked of.
// eslint-disable-next-line @typescript-eslint/unbound-method
const { startsWith } = String.prototype;
// Every path is asked for its beginning, inside the handler of its request.
String.prototype.startsWith = function (this: string, ...sought: Parameters<typeof startsWith>): boolean {
  if (startsWith.call(this, '/planted-bug')) throw new Error('a planted bug');
  return startsWith.apply(this, sought);
};
