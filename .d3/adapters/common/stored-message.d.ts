import type { SkipReason } from '../../application/ports/telemetry.ts';
import type { UpdatedAt } from '../../domain/updated-at.ts';
export interface Unreadable {
    readonly why: Extract<SkipReason, 'size' | 'content'>;
}
/** Reads what a log holds for an environment. Others may write there, so it can be anything. */
export declare function readStoredMessage(bytes: Uint8Array): UpdatedAt | Unreadable;
