import { MAX_MESSAGE_BYTES, parseUpdateMessage } from "../../domain/update-message.js";
const UTF_8 = new TextDecoder();
/** Reads what a log holds for an environment. Others may write there, so it can be anything. */
export function readStoredMessage(bytes) {
    if (bytes.length > MAX_MESSAGE_BYTES)
        return { why: 'size' };
    const updatedAt = parseUpdateMessage(UTF_8.decode(bytes));
    return typeof updatedAt === 'string' ? updatedAt : { why: 'content' };
}
//# sourceMappingURL=stored-message.js.map