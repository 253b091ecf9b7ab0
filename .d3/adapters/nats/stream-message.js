import { storedUpdate } from "../../domain/update.js";
import { readStoredMessage } from "../common/stored-message.js";
import { environmentOf } from "./subject.js";
import { countIn, headersOf } from "./untrusted.js";
/** Marks a repair: when the update was first stored, in whole milliseconds since 1970. */
export const FIRST_STORED_HEADER = 'Halyard-First-Stored';
/** Reads a message that anyone may have published. Where and when it was stored is JetStream's to say. */
export function readUpdate(message, sequence, storedAtMs) {
    const environment = environmentOf(message.subject);
    if (environment === undefined)
        return 'subject';
    const updatedAt = readStoredMessage(message.data);
    if (typeof updatedAt !== 'string')
        return updatedAt.why;
    const firstStoredAtMs = countIn(headersOf(message)?.get(FIRST_STORED_HEADER));
    return { environment, update: storedUpdate(sequence, updatedAt, storedAtMs, firstStoredAtMs) };
}
//# sourceMappingURL=stream-message.js.map