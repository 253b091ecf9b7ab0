import type { MsgHdrs } from '@nats-io/transport-node';
import type { SkipReason } from '../../application/ports/telemetry.ts';
import type { EnvironmentId } from '../../domain/environment-id.ts';
import { type Update } from '../../domain/update.ts';
/** Marks a repair: when the update was first stored, in whole milliseconds since 1970. */
export declare const FIRST_STORED_HEADER = "Halyard-First-Stored";
/** A message of the stream: one that a consumer delivered, or the last of its subject. The client's classes for both fit. */
export interface StreamMessage {
    readonly subject: string;
    readonly data: Uint8Array;
    /** The client calls them so in a delivered message, and `header` in one that was asked for. */
    readonly headers?: MsgHdrs;
    readonly header?: MsgHdrs;
}
export interface EnvironmentUpdate {
    readonly environment: EnvironmentId;
    readonly update: Update;
}
/** Reads a message that anyone may have published. Where and when it was stored is JetStream's to say. */
export declare function readUpdate(message: StreamMessage, sequence: number, storedAtMs: number): EnvironmentUpdate | SkipReason;
