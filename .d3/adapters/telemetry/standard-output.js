import { pino } from 'pino';
/** What waits for a reader that is slow or stuck, in bytes; lines beyond it are lost. */
const MAX_WAITING_BYTES = 1_048_576;
/** How long the end of the process waits for the reader, in milliseconds. */
const PATIENCE_MS = 1000;
/**
 * Where log lines go: written aside, so that a reader that is slow, gone, or out of disk holds up no stream and no
 * end. Lines that cannot be written are lost, and the next ones are tried again.
 */
class StandardOutput {
    #stream = pino.destination({ fd: 1, sync: false, maxLength: MAX_WAITING_BYTES });
    #waitingBytes = 0;
    #idle;
    constructor() {
        // At exit the library would write what is left again and again, for ever when nobody reads. So a process that ends
        // without waiting for `written` may lose its last lines.
        this.#stream.flushSync = () => undefined;
        this.#stream.on('write', (bytes) => this.#settled(bytes));
        this.#stream.on('drop', (line) => this.#settled(Buffer.byteLength(line)));
        // Without a listener a full disk would end the process.
        this.#stream.on('error', () => this.#idle?.());
    }
    write(line) {
        this.#waitingBytes += Buffer.byteLength(line);
        this.#stream.write(line);
    }
    /** Resolves when all lines are written, or cannot be. */
    written() {
        if (this.#waitingBytes === 0)
            return Promise.resolve();
        return new Promise((resolve) => {
            this.#idle = resolve;
            setTimeout(resolve, PATIENCE_MS);
        });
    }
    #settled(bytes) {
        this.#waitingBytes -= bytes;
        if (this.#waitingBytes === 0)
            this.#idle?.();
    }
}
/** Of this process. */
export const standardOutput = new StandardOutput();
//# sourceMappingURL=standard-output.js.map