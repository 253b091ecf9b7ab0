import type { SkipReason } from '../../application/ports/telemetry.ts';
import { type EnvironmentId, parseEnvironmentId } from '../../domain/environment-id.ts';
import { MAX_MESSAGE_BYTES, parseUpdateMessage } from '../../domain/update-message.ts';
import type { UpdatedAt } from '../../domain/updated-at.ts';

const PREFIX = 'flagsmith.environment.';

/** Everything that the log holds. */
export const ALL_ENVIRONMENTS = `${PREFIX}>`;
/** What a stream that somebody else made may cover instead: keys are one token, so it is as good. */
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
  const [streamSequence, deliverySequence, nanos, pending] = tokens.slice(start, start + 4).map(Number);
  if (streamSequence === undefined || deliverySequence === undefined || nanos === undefined || pending === undefined)
    return undefined;
  if (![streamSequence, deliverySequence, nanos, pending].every(Number.isFinite)) return undefined;
  return { streamSequence, deliverySequence, storedAtMs: Math.floor(nanos / 1e6), pending };
}

export interface Decoded {
  readonly environment: EnvironmentId;
  readonly updatedAt: UpdatedAt;
}

/** Reads a message that anyone may have published. */
export function decode(subject: string, data: Uint8Array, text: () => string): Decoded | SkipReason {
  const environment = subject.startsWith(PREFIX) ? parseEnvironmentId(subject.slice(PREFIX.length)) : undefined;
  if (environment === undefined) return 'subject';
  if (data.length > MAX_MESSAGE_BYTES) return 'size';
  const updatedAt = parseUpdateMessage(text());
  return typeof updatedAt === 'string' ? { environment, updatedAt } : 'content';
}
