import { type Invalid, type UpdatedAt } from './updated-at.ts';
/** Longer messages are not read: an honest one has about 50 bytes. */
export declare const MAX_MESSAGE_BYTES = 1024;
/**
 * Reads `{"updated_at":…}`: the body of a queue-change and the message in the log have the same form. Other fields
 * are ignored, and of duplicate ones the last counts, as in any JSON.
 *
 * @returns the canonical time, or the field that is wrong and why
 */
export declare function parseUpdateMessage(text: string): UpdatedAt | InvalidMessage;
export interface InvalidMessage extends Invalid {
    readonly field: 'body' | 'updated_at';
}
/** The message for the log, and the data of the event: `{"updated_at":1733480514.079725}`. */
export declare function formatUpdateMessage(updatedAt: UpdatedAt): string;
