import type { ServerHttp2Session } from 'node:http2';
import type { Logger } from '../../../application/ports/logger.ts';

/** What Node calls the property with a session's native part, in 20, 22 and 24. It is not documented. */
const HANDLE = 'kHandle';

/**
 * Keeps the native part of each HTTP/2 session until two turns of the event loop after the session's close. Node
 * releases it at the close, and frees it whenever it next collects garbage; when that is in the turn of the close,
 * parts of the session may still be in use, and a failed assertion ends the process. Held are as many as there are
 * connections, and those that closed in the last two turns.
 */
export class NativeSessions {
  readonly #logger: Logger;
  readonly #held = new Set<unknown>();
  #isUnknown = false;

  constructor(logger: Logger) {
    this.#logger = logger;
  }

  get size(): number {
    return this.#held.size;
  }

  hold(session: ServerHttp2Session): void {
    const property = Object.getOwnPropertySymbols(session).find(({ description }) => description === HANDLE);
    const native: unknown = property === undefined ? undefined : Reflect.get(session, property);
    if (native === undefined) return this.#warn();
    this.#held.add(native);
    session.once('close', () => setImmediate(() => setImmediate(() => this.#held.delete(native))));
  }

  /** A Node that keeps it elsewhere still serves, without this protection. */
  #warn(): void {
    if (this.#isUnknown) return;
    this.#isUnknown = true;
    this.#logger.warn('session_protection_missing', {
      node: process.versions.node,
      remedy: 'let only a proxy that you run reach the HTTP/2 listener',
    });
  }
}
