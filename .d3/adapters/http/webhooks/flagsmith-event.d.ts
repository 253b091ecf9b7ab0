import { type EnvironmentId } from '../../../domain/environment-id.ts';
import { type UpdatedAt } from '../../../domain/updated-at.ts';
/** What a webhook of Flagsmith says that concerns this service: an environment, or a whole project, changed. */
export interface FlagsmithEvent {
    readonly updatedAt: UpdatedAt;
    /** The number of the audit log's entry, by which a webhook that is sent twice is recognised. */
    readonly id: number | undefined;
    readonly project: number | undefined;
    /** Undefined: the change concerns every environment of the project. */
    readonly environment: {
        readonly number: number | undefined;
        readonly key: EnvironmentId | undefined;
    } | undefined;
}
export interface InvalidEvent {
    /** The field that is wrong, and why, in words for the sender. */
    readonly invalid: string;
}
/**
 * Reads the body of a webhook. Flagsmith sends `AUDIT_LOG_CREATED` to organisation webhooks for each change that it also
 * announces by queue-change, and for change requests, which change nothing yet. `FLAG_UPDATED` and `FLAG_DELETED` come
 * beside it, and alone when a version with a later `live_from` takes effect.
 *
 * @param text the body, decoded
 * @returns `ignored` for whatever changes no flags
 */
export declare function readFlagsmithEvent(text: string): FlagsmithEvent | 'ignored' | InvalidEvent;
