import { type JetStreamManager, jetstreamManager, PubHeaders } from '@nats-io/jetstream';
import { headers, type NatsConnection, RequestError } from '@nats-io/transport-node';
import type { AppendOutcome } from '../../application/ports/update-log.ts';
import type { EnvironmentId } from '../../domain/environment-id.ts';
import type { Update } from '../../domain/update.ts';
import { formatUpdateMessage, parseUpdateMessage } from '../../domain/update-message.ts';
import type { UpdatedAt } from '../../domain/updated-at.ts';
import { subjectOf } from './delivery.ts';

/** What one publish came to. `refused`: nobody was there to take it. */
export type PublishOutcome =
  | AppendOutcome
  | { readonly kind: 'refused'; readonly reason: string }
  /** The environment's last message is no update; with this as the expected sequence it would be replaced. */
  | { readonly kind: 'garbage'; readonly sequence: number };

export interface Publish {
  readonly environment: EnvironmentId;
  readonly updatedAt: UpdatedAt;
  readonly stream: string;
  readonly timeoutMs: number;
  readonly expectedSequence: number | undefined;
}

/** The two names under which servers refuse a publish for its expected sequence. */
const WRONG_LAST_SEQUENCE = new Set([10071, 10164]);

interface PublishAnswer {
  readonly seq?: number;
  readonly error?: { readonly code?: number; readonly err_code?: number; readonly description?: string };
}

export async function publish(connection: NatsConnection, what: Publish): Promise<PublishOutcome> {
  const subject = subjectOf(what.environment);
  let answer: PublishAnswer;
  try {
    const reply = await connection.request(subject, formatUpdateMessage(what.updatedAt), {
      timeout: what.timeoutMs,
      ...(what.expectedSequence === undefined ? {} : { headers: expecting(what.expectedSequence) }),
    });
    answer = reply.json<PublishAnswer>();
  } catch (error) {
    // Nobody listens on the subject: no stream yet, JetStream off, or its leader is being elected.
    if (error instanceof RequestError && error.isNoResponders()) return { kind: 'refused', reason: 'no_stream' };
    return { kind: 'unavailable', reason: (error as Error).message };
  }
  if (answer.error === undefined)
    return answer.seq === undefined
      ? { kind: 'unavailable', reason: 'the answer is not from JetStream' }
      : { kind: 'stored', sequence: answer.seq };
  if (WRONG_LAST_SEQUENCE.has(answer.error.err_code ?? 0)) return lastOf(connection, what);
  const reason = answer.error.description ?? 'refused by JetStream';
  return answer.error.code === 503 ? { kind: 'refused', reason } : { kind: 'unavailable', reason };
}

function expecting(sequence: number) {
  const expectation = headers();
  expectation.set(PubHeaders.ExpectedLastSubjectSequenceHdr, String(sequence));
  return expectation;
}

/**
 * The message that stood in the way. It is read from the stream's leader: a direct get may be answered by a replica
 * that does not have it yet, and its older sequence would only conflict again.
 */
async function lastOf(connection: NatsConnection, what: Publish): Promise<PublishOutcome> {
  try {
    const manager: JetStreamManager = await jetstreamManager(connection, { checkAPI: false, timeout: what.timeoutMs });
    const message = await manager.streams.getMessage(what.stream, { last_by_subj: subjectOf(what.environment) });
    if (message === null) return { kind: 'conflict', last: undefined };
    const updatedAt = parseUpdateMessage(message.string());
    if (typeof updatedAt !== 'string') return { kind: 'garbage', sequence: message.seq };
    const last: Update = { sequence: message.seq, updatedAt, storedAtMs: message.time.getTime() };
    return { kind: 'conflict', last };
  } catch (error) {
    return { kind: 'unavailable', reason: (error as Error).message };
  }
}
