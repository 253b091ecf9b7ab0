// Every client that may publish can send what looks like an answer of JetStream, so nothing of it is relied on before
// its shape is checked here. What has another shape is counted and passed over.
export const NOT_FROM_JETSTREAM = 'an answer is not from JetStream';
/** The fields of an object; undefined for any other value. */
export function fieldsOf(value) {
    return typeof value === 'object' && value !== null && !Array.isArray(value)
        ? value
        : undefined;
}
/** A sequence or a number of messages that a double holds exactly. */
export function asCount(value) {
    return Number.isSafeInteger(value) && value >= 0 ? value : undefined;
}
/** The same as text, in digits alone: `Number` would take nothing, blanks and exponents for numbers, too. */
export function countIn(text) {
    return text !== undefined && /^\d+$/.test(text) ? asCount(Number(text)) : undefined;
}
/** The headers of a message. The client throws where it reads one with a name that it would not send itself. */
export function headersOf(message) {
    try {
        return message.headers ?? message.header;
    }
    catch {
        return undefined;
    }
}
//# sourceMappingURL=untrusted.js.map