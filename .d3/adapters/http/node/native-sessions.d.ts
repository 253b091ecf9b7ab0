import type { ServerHttp2Session } from 'node:http2';
import type { Logger } from '../../../application/ports/logger.ts';
/**
 * Keeps the native part of each HTTP/2 session until two turns of the event loop after the session's close. Node lets
 * go of it at the close, and frees it whenever it next collects garbage; when that is in the turn of the close, parts of
 * the session may still be in use, and a failed assertion ends the process. Held are as many as there are connections,
 * and those that closed in the last two turns.
 */
export declare class NativeSessions {
    #private;
    constructor(logger: Logger);
    get size(): number;
    hold(session: ServerHttp2Session): void;
}
