import {
  DiscardPolicy,
  JetStreamApiError,
  type JetStreamManager,
  RetentionPolicy,
  StorageType,
  type StreamConfig,
} from '@nats-io/jetstream';
import { nanos } from '@nats-io/transport-node';
import { ALL_ENVIRONMENTS, ONE_TOKEN_ENVIRONMENTS } from './subject.ts';
import { asCount, fieldsOf } from '../common/untrusted.ts';
import { NOT_FROM_JETSTREAM } from './untrusted.ts';

/** The stream that holds the updates, as found; we might have made it differently. */
export interface UpdateStream {
  readonly name: string;
  /** What to follow in it. */
  readonly filter: string;
  readonly inMemory: boolean;
  /** How long it keeps an update; undefined: no time limit. */
  readonly keptMs: number | undefined;
  /** How many nodes of a cluster hold it. */
  readonly replicas: number;
  /** A follower that has received this sequence is caught up. */
  readonly lastSequence: number;
  /** `setting: wanted, is`, in words for the log. Empty when the stream is as we would have made it. */
  readonly differences: readonly string[];
}

export interface StreamOptions {
  readonly stream: string;
  readonly replicas: number;
  readonly retentionMs: number;
}

const NOT_FOUND = 10059;
const NAME_IN_USE = 10058;
const SUBJECTS_OVERLAP = 10065;

const NANOS_PER_MS = 1_000_000;

/** Settings in which an existing stream may differ, and an operator should know. */
const COMPARED = [
  'name',
  'retention',
  'storage',
  'discard',
  'num_replicas',
  'max_msgs_per_subject',
  'max_age',
] as const;
/** Characters of a logged value: the longest name of a stream has 255. */
const MAX_SHOWN = 255;

/** JetStream's own default; it must not be longer than the messages live. */
const DUPLICATE_WINDOW_MS = 120_000;

/**
 * Finds the stream, or creates it if missing. A stream that covers our subject is adopted whatever its name and
 * settings: it belongs to an operator or an older deployment, so it is never changed or deleted here.
 *
 * @throws JetStream's error, or that a stream for something else has the name
 */
export async function findOrCreateStream(manager: JetStreamManager, options: StreamOptions): Promise<UpdateStream> {
  const wanted = wantedConfig(options);
  const named = await findByName(manager, options.stream);
  const stream = named === undefined ? undefined : described(named, wanted);
  if (stream !== undefined) return stream;
  try {
    // Old servers ignore settings that they do not know, so only their answer counts.
    const created = described(await manager.streams.add(wanted), wanted);
    if (created !== undefined) return created;
  } catch (error) {
    if (!(error instanceof JetStreamApiError && (error.code === NAME_IN_USE || error.code === SUBJECTS_OVERLAP)))
      throw error;
  }
  // A stream of another name covers the subject, or another instance was faster.
  const covering = described(await manager.streams.info(await manager.streams.find(ALL_ENVIRONMENTS)), wanted);
  if (covering === undefined)
    throw new Error(`no stream can be made for ${ALL_ENVIRONMENTS}: other streams cover parts of it`);
  return covering;
}

async function findByName(manager: JetStreamManager, name: string): Promise<unknown> {
  try {
    return await manager.streams.info(name);
  } catch (error) {
    if (error instanceof JetStreamApiError && error.code === NOT_FOUND) return undefined;
    throw error;
  }
}

function wantedConfig({ stream, replicas, retentionMs }: StreamOptions) {
  return {
    name: stream,
    subjects: [ALL_ENVIRONMENTS],
    retention: RetentionPolicy.Limits,
    // Never in memory: a restart of NATS would lose the stream itself.
    storage: StorageType.File,
    discard: DiscardPolicy.Old,
    num_replicas: replicas,
    max_msgs_per_subject: 1,
    max_age: nanos(retentionMs),
    duplicate_window: nanos(Math.min(DUPLICATE_WINDOW_MS, retentionMs)),
    allow_direct: true,
  } satisfies Partial<StreamConfig>;
}

/** Reads a stream from an answer; undefined if it does not cover our subject. */
function described(info: unknown, wanted: ReturnType<typeof wantedConfig>): UpdateStream | undefined {
  const { config: given, state } = fieldsOf(info) ?? {};
  const config = fieldsOf(given) ?? {};
  const { name, subjects = [], max_age: maxAge } = config;
  const [replicas, lastSequence] = [asCount(config.num_replicas), asCount(fieldsOf(state)?.last_seq)];
  if (typeof name !== 'string' || !Array.isArray(subjects) || typeof maxAge !== 'number' || !(maxAge >= 0))
    throw new Error(NOT_FROM_JETSTREAM);
  if (replicas === undefined || lastSequence === undefined) throw new Error(NOT_FROM_JETSTREAM);
  const filter = [ALL_ENVIRONMENTS, ONE_TOKEN_ENVIRONMENTS].find((subject) =>
    subjects.some((pattern) => typeof pattern === 'string' && covers(pattern, subject)),
  );
  if (filter === undefined) return undefined;
  return {
    name,
    filter,
    inMemory: config.storage === StorageType.Memory,
    keptMs: maxAge === 0 ? undefined : maxAge / NANOS_PER_MS,
    replicas,
    lastSequence,
    differences: COMPARED.filter((key) => config[key] !== wanted[key]).map(
      (key) => `${key}: wanted ${wanted[key]}, is ${String(config[key]).slice(0, MAX_SHOWN)}`,
    ),
  };
}

/** Whether every subject that `filter` matches is also matched by `pattern`. */
export function covers(pattern: string, filter: string): boolean {
  const [wide, narrow] = [pattern.split('.'), filter.split('.')];
  for (const [index, token] of wide.entries()) {
    if (token === '>') return narrow.length > index;
    const other = narrow[index];
    if (other === undefined || other === '>') return false;
    if (token !== '*' && token !== other) return false;
  }
  return wide.length === narrow.length;
}
