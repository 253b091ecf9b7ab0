import { parseUpdatedAt } from "./updated-at.js";
/** Longer messages are not read: an honest one has about 50 bytes. */
export const MAX_MESSAGE_BYTES = 1024;
/** The one shape in which nearly every message comes. A number is taken as its literal, so it keeps its digits. */
const PLAIN = /^[ \t\r\n]*\{[ \t\r\n]*"updated_at"[ \t\r\n]*:[ \t\r\n]*(?:"([^"\\\p{Cc}]*)"|((?:0|[1-9]\d*)(?:\.\d+)?))[ \t\r\n]*\}[ \t\r\n]*$/u;
/**
 * Reads `{"updated_at":…}`: the body of a queue-change and the message in the log have the same form. Other fields
 * are ignored, and of duplicate ones the last counts, as in any JSON.
 *
 * @returns the canonical time, or the field that is wrong and why
 */
export function parseUpdateMessage(text) {
    const plain = PLAIN.exec(text);
    if (plain !== null)
        return named(parseUpdatedAt(plain[1] ?? plain[2]));
    let message;
    try {
        message = JSON.parse(text);
    }
    catch {
        return { field: 'body', invalid: 'is not JSON' };
    }
    if (typeof message !== 'object' || message === null || Array.isArray(message))
        return { field: 'body', invalid: 'is not a JSON object' };
    return named(parseUpdatedAt(message.updated_at));
}
/** The message for the log, and the data of the event: `{"updated_at":1733480514.079725}`. */
export function formatUpdateMessage(updatedAt) {
    return `{"updated_at":${updatedAt}}`;
}
function named(parsed) {
    return typeof parsed === 'string' ? parsed : { field: 'updated_at', invalid: parsed.invalid };
}
//# sourceMappingURL=update-message.js.map