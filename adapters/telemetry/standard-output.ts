import { pino } from 'pino';

/** How many bytes wait for a slow or stuck reader; lines beyond it are lost. */
const MAX_WAITING_BYTES = 1_048_576;

/** How long the process waits for the reader when it ends, in milliseconds. */
const PATIENCE_MS = 1000;

/**
 * Where log lines go. Writes are asynchronous, so that a reader that is slow, gone or out of disk space delays no
 * stream and no shutdown. Lines that cannot be written are lost, and the next ones are tried again.
 */
class StandardOutput {
  readonly #stream = pino.destination({ fd: 1, sync: false, maxLength: MAX_WAITING_BYTES });
  #waitingBytes = 0;
  #idle: (() => void) | undefined;

  constructor() {
    // At exit the library would retry the rest for ever if nothing reads it. So a process that ends without waiting for
    // `written` may lose its last lines.
    this.#stream.flushSync = () => undefined;
    this.#stream.on('write', (bytes: number) => this.#settled(bytes));
    this.#stream.on('drop', (line: string) => this.#settled(Buffer.byteLength(line)));
    // Without a listener a full disk would end the process.
    this.#stream.on('error', () => this.#idle?.());
  }

  write(line: string): void {
    this.#waitingBytes += Buffer.byteLength(line);
    this.#stream.write(line);
  }

  /** Resolves when all lines are written or lost. */
  written(): Promise<void> {
    if (this.#waitingBytes === 0) return Promise.resolve();
    return new Promise((resolve) => {
      this.#idle = resolve;
      setTimeout(resolve, PATIENCE_MS);
    });
  }

  #settled(bytes: number): void {
    this.#waitingBytes -= bytes;
    if (this.#waitingBytes === 0) this.#idle?.();
  }
}

/** Shared by all loggers of this process. */
export const standardOutput = new StandardOutput();
