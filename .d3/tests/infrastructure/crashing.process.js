/**
 * Loaded before the service: a bug in it, where a SIGUSR2 or a request for `/planted-bug` is what meets it.
 * `PLANTED_BUG` says what becomes of the signal: an exception, or a rejected promise.
 */
process.on('SIGUSR2', () => {
    const bug = new Error('a planted bug');
    if (process.env['PLANTED_BUG'] !== 'rejection')
        throw bug;
    void Promise.reject(bug);
});
const { startsWith } = String.prototype;
// Every path is asked for its beginning, inside the handler of its request.
String.prototype.startsWith = function (...sought) {
    if (startsWith.call(this, '/planted-bug'))
        throw new Error('a planted bug');
    return startsWith.apply(this, sought);
};
export {};
//# sourceMappingURL=crashing.process.js.map