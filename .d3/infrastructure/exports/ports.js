/** `halyard/ports`: what an adapter implements and calls, and the domain's values that this mentions. */
export { messageOf } from "../../adapters/common/message-of.js";
export { readStoredMessage } from "../../adapters/common/stored-message.js";
export { parseEnvironmentId } from "../../domain/environment-id.js";
export { eventId, storedUpdate } from "../../domain/update.js";
export { formatUpdateMessage, MAX_MESSAGE_BYTES, parseUpdateMessage, } from "../../domain/update-message.js";
export { parseUpdatedAt } from "../../domain/updated-at.js";
//# sourceMappingURL=ports.js.map