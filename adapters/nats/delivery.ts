import type { MsgHdrs } from '@nats-io/transport-node';
import type { SkipReason } from '../../application/ports/telemetry.ts';
import { type EnvironmentId, parseEnvironmentId } from '../../domain/environment-id.ts';
import { storedUpdate, type Update } from '../../domain/update.ts';
import { MAX_MESSAGE_BYTES, parseUpdateMessage } from '../../domain/update-message.ts';
import { countIn, headersOf } from './untrusted.ts';

/** Marks a repair: when the update was first stored, in whole milliseconds since 1970. */
export const FIRST_STORED_HEADER = 'Halyard-First-Stored';

const PREFIX = 'flagsmith.environment.';

/** Everything that the log holds. */
export const ALL_ENVIRONMENTS = `${PREFIX}>`;
/** What a stream that somebody else made may cover instead: keys are one token, so it is equivalent. */
export const ONE_TOKEN_ENVIRONMENTS = `${PREFIX}*`;

export function subjectOf(environment: EnvironmentId): string {
  return PREFIX + environment;
}

/** Where a delivered message stands: in the stream, and in what its consumer was sent. */
export interface Position {
  readonly streamSequence: number;
  /** 1 for the first message of a consumer, and one more with each. */
  readonly deliverySequence: number;
  readonly storedAtMs: number;
  /** How many more the consumer has for us at this moment. */
  readonly pending: number;
}

/**
 * Reads the reply subject of a delivered message, which JetStream uses for its metadata:
 * `$JS.ACK.<stream>.<consumer>.<deliveries>.<stream seq>.<consumer seq>.<nanoseconds>.<pending>`, since 2.9 with a
 * domain and an account before the stream, and a random token at the end.
 */
export function parsePosition(reply: string | undefined): Position | undefined {
  const tokens = reply?.split('.') ?? [];
  if (tokens[0] !== '$JS' || tokens[1] !== 'ACK') return undefined;
  const start = tokens.length === 9 ? 5 : 7;
  if (tokens.length !== 9 && tokens.length < 11) return undefined;
  const [streamSequence, deliverySequence, , pending] = tokens.slice(start, start + 4).map(countIn);
  // Nanoseconds have more digits than a double; without the last six they are the milliseconds.
  const storedAtMs = countIn(tokens[start + 2]?.slice(0, -6));
  if (streamSequence === undefined || deliverySequence === undefined || storedAtMs === undefined) return undefined;
  return pending === undefined ? undefined : { streamSequence, deliverySequence, storedAtMs, pending };
}

/** A message of the log: one that a consumer delivered, or the last of its subject. The client's classes for both fit. */
export interface LogMessage {
  readonly subject: string;
  readonly data: Uint8Array;
  /** The client calls them so in a delivered message, and `header` in one that was asked for. */
  readonly headers?: MsgHdrs;
  readonly header?: MsgHdrs;
  string(): string;
}

export interface LogUpdate {
  readonly environment: EnvironmentId;
  readonly update: Update;
}

/** Reads a message that anyone may have published. Where and when it was stored is JetStream's to say. */
export function decode(message: LogMessage, sequence: number, storedAtMs: number): LogUpdate | SkipReason {
  const { subject, data } = message;
  const environment = subject.startsWith(PREFIX) ? parseEnvironmentId(subject.slice(PREFIX.length)) : undefined;
  if (environment === undefined) return 'subject';
  if (data.length > MAX_MESSAGE_BYTES) return 'size';
  const updatedAt = parseUpdateMessage(message.string());
  if (typeof updatedAt !== 'string') return 'content';
  const firstStoredAtMs = countIn(headersOf(message)?.get(FIRST_STORED_HEADER));
  return { environment, update: storedUpdate(sequence, updatedAt, storedAtMs, firstStoredAtMs) };
}
