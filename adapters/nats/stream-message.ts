import type { MsgHdrs } from '@nats-io/transport-node';
import type { SkipReason } from '../../application/ports/telemetry.ts';
import type { EnvironmentId } from '../../domain/environment-id.ts';
import { storedUpdate, type Update } from '../../domain/update.ts';
import { readStoredMessage } from '../common/stored-message.ts';
import { environmentOf } from './subject.ts';
import { countIn } from '../common/untrusted.ts';
import { headersOf } from './untrusted.ts';

/** Marks a repair: when the update was first stored, in whole milliseconds since 1970. */
export const FIRST_STORED_HEADER = 'Halyard-First-Stored';

/** A message of the stream: one that a consumer delivered, or the last of its subject. The client's classes for both fit. */
export interface StreamMessage {
  readonly subject: string;
  readonly data: Uint8Array;
  /** The client's name for them in a delivered message; in a requested one it is `header`. */
  readonly headers?: MsgHdrs;
  readonly header?: MsgHdrs;
}

export interface EnvironmentUpdate {
  readonly environment: EnvironmentId;
  readonly update: Update;
}

/** Reads a message that anyone may have published. JetStream says where and when it was stored. */
export function readUpdate(
  message: StreamMessage,
  sequence: number,
  storedAtMs: number,
): EnvironmentUpdate | SkipReason {
  const environment = environmentOf(message.subject);
  if (environment === undefined) return 'subject';
  const updatedAt = readStoredMessage(message.data);
  if (typeof updatedAt !== 'string') return updatedAt.why;
  const firstStoredAtMs = countIn(headersOf(message)?.get(FIRST_STORED_HEADER));
  return { environment, update: storedUpdate(sequence, updatedAt, storedAtMs, firstStoredAtMs) };
}
