import { type EnvironmentId, parseEnvironmentId } from '../../../domain/environment-id.ts';
import { parseUpdatedAt, type UpdatedAt } from '../../../domain/updated-at.ts';

/** What a webhook of Flagsmith says that concerns this service: an environment, or a whole project, changed. */
export interface FlagsmithEvent {
  readonly updatedAt: UpdatedAt;
  /** The number of the audit log's entry, by which a webhook that is sent twice is recognised. */
  readonly id: number | undefined;
  readonly project: number | undefined;
  /** Undefined: the change concerns every environment of the project. */
  readonly environment: { readonly number: number | undefined; readonly key: EnvironmentId | undefined } | undefined;
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
export function readFlagsmithEvent(text: string): FlagsmithEvent | 'ignored' | InvalidEvent {
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    return { invalid: 'the body is not JSON' };
  }
  const type = field(body, 'event_type');
  if (typeof type !== 'string') return { invalid: 'event_type must be a string' };
  const data = field(body, 'data');
  switch (type) {
    case 'AUDIT_LOG_CREATED':
      return field(data, 'related_object_type') === 'CHANGE_REQUEST' ? 'ignored' : readAuditLog(data);
    case 'FLAG_UPDATED':
    case 'FLAG_DELETED':
      return readFlagChange(data);
    default:
      return 'ignored';
  }
}

function readAuditLog(data: unknown): FlagsmithEvent | InvalidEvent {
  const updatedAt = parseUpdatedAt(field(data, 'created_date'));
  if (typeof updatedAt !== 'string') return { invalid: `data.created_date ${updatedAt.invalid}` };
  const environment = field(data, 'environment') ?? undefined;
  const project = integer(field(field(data, 'project'), 'id')) ?? integer(field(environment, 'project'));
  const id = integer(field(data, 'id'));
  if (environment === undefined) return { updatedAt, id, project, environment: undefined };
  const text = field(environment, 'api_key');
  const key = typeof text === 'string' ? parseEnvironmentId(text) : undefined;
  if (key === undefined) return { invalid: 'data.environment.api_key is not an environment key' };
  return { updatedAt, id, project, environment: { number: integer(field(environment, 'id')), key } };
}

/** A flag's state names its environment by number only. A deleted flag has no new state. */
function readFlagChange(data: unknown): FlagsmithEvent | InvalidEvent {
  const updatedAt = parseUpdatedAt(field(data, 'timestamp'));
  if (typeof updatedAt !== 'string') return { invalid: `data.timestamp ${updatedAt.invalid}` };
  const state = field(data, 'new_state') ?? field(data, 'previous_state');
  const number = integer(field(field(state, 'environment'), 'id'));
  const project = integer(field(field(field(state, 'feature'), 'project'), 'id'));
  return { updatedAt, id: undefined, project, environment: { number, key: undefined } };
}

function field(value: unknown, name: string): unknown {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return undefined;
  return (value as Readonly<Record<string, unknown>>)[name];
}

function integer(value: unknown): number | undefined {
  return Number.isSafeInteger(value) ? (value as number) : undefined;
}
