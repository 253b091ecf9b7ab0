import type { SkipReason } from '../../application/ports/telemetry.ts';
import { type EnvironmentId, parseEnvironmentId } from '../../domain/environment-id.ts';
import { storedUpdate, type Update } from '../../domain/update.ts';
import { parseUpdatedAt } from '../../domain/updated-at.ts';
import { countIn } from '../common/untrusted.ts';
import type { Row } from './session.ts';

export interface EnvironmentUpdate {
  readonly environment: EnvironmentId;
  readonly update: Update;
}

/** Longer than any text that we write. */
const MAX_PAYLOAD_LENGTH = 300;

/** Reads a row, which anyone with rights on the table may have written. */
export function readRow(row: Row): EnvironmentUpdate | SkipReason {
  const { environment, updated_at: updatedAt, sequence, stored_ms: storedMs, first_stored_ms: firstStoredMs } = row;
  return read(environment, sequence, storedMs, firstStoredMs, updatedAt);
}

/** Reads a notification, which anyone in the database may have sent. */
export function readPayload(payload: string): EnvironmentUpdate | SkipReason {
  if (payload.length > MAX_PAYLOAD_LENGTH) return 'size';
  const [environment, sequence, storedMs, firstStoredMs, updatedAt, ...more] = payload.split(' ');
  return more.length > 0 ? 'content' : read(environment, sequence, storedMs, firstStoredMs, updatedAt);
}

function read(name: unknown, ...[sequence, storedMs, firstStoredMs, time]: unknown[]): EnvironmentUpdate | SkipReason {
  const environment = typeof name === 'string' ? parseEnvironmentId(name) : undefined;
  if (environment === undefined) return 'subject';
  const [place, takenAtMs] = [countIn(sequence), countIn(storedMs)];
  // The first sequence is a time, and 0 stands for an environment without an update.
  if (!place || takenAtMs === undefined) return 'metadata';
  const updatedAt = parseUpdatedAt(time);
  if (typeof updatedAt !== 'string') return 'content';
  return { environment, update: storedUpdate(place, updatedAt, takenAtMs, countIn(firstStoredMs)) };
}
