import { availableParallelism } from 'node:os';
import type { SettingsReader } from '../adapters/common/settings-reader.ts';
import type { Variable } from '../adapters/common/variable.ts';
import { ANDROID_AGE_RULE, BUILT_IN_AGE_RULES, type StreamAgeRule } from '../application/stream-age.ts';

/** The settings of the service itself, whatever its adapters are. Times are in milliseconds. */
export interface ServiceSettings {
  /** How many processes share the port. */
  readonly workers: number;
  readonly keepAliveMs: number;
  readonly retentionMs: number;
  readonly maxStreamAgeMs: number;
  readonly streamAgeRules: readonly StreamAgeRule[];
  readonly ofrepStreamAgeMs: number;
  readonly maxSubscribers: number;
  readonly maxConnections: number;
  /** 0: no limit. */
  readonly maxStreamsPerAddress: number;
  /** How many requests may wait for their refusal. */
  readonly maxHeldRefusals: number;
  readonly resume: boolean;
  readonly congestedMs: number;
  readonly appendDeadlineMs: number;
  readonly maxPendingEnvironments: number;
  readonly drainWaitMs: number;
  readonly drainMs: number;
}

const VARIABLES = {
  workers: {
    name: 'WORKERS',
    default: '1',
    meaning:
      'How many processes share the port, or `auto` for one per processor. `MAX_SUBSCRIBERS` holds for each. The memory log allows only one.',
  },
  keepAlive: {
    name: 'KEEP_ALIVE_SECONDS',
    default: '15',
    meaning: 'A comment is sent to a stream after this time without a byte.',
  },
  retention: {
    name: 'RETENTION_SECONDS',
    default: '3600',
    meaning: 'How long an update is sent to new subscribers. If the log keeps updates for less time, that holds.',
  },
  maxStreamAge: {
    name: 'MAX_STREAM_AGE_SECONDS',
    default: '0',
    meaning: 'A stream is ended properly at this age, plus or minus a fifth. 0: never.',
  },
  publishedMaxStreamAge: {
    name: 'MAX_STREAM_AGE',
    meaning:
      'The same, under its name in the published image. A negative number: never. It holds if `MAX_STREAM_AGE_SECONDS` is not set.',
  },
  streamAgeRules: {
    name: 'STREAM_AGE_RULES',
    default: textOfAgeRules(BUILT_IN_AGE_RULES),
    meaning:
      'Ages by the beginning of the User-Agent, `prefix=from-to` in seconds, separated by commas; the first that matches holds. Empty: none. The last rule of the default is omitted if `MAX_STREAM_AGE_SECONDS` is shorter.',
    mayBeEmpty: true,
  },
  ofrepStreamAge: {
    name: 'OFREP_STREAM_AGE_SECONDS',
    default: '0',
    meaning:
      'The same for an OFREP stream, to which the variables above do not apply: after the first end of its stream, a provider reports itself as stale. 0: never.',
  },
  maxSubscribers: {
    name: 'MAX_SUBSCRIBERS',
    defaultText: 'the file limit minus 512; half of it with FLAGSMITH_API_URL',
    meaning:
      'The most streams at a time. Beyond it a client receives 503 after five seconds (an OFREP client: a stream that ends at once), and `/readyz` answers `full`.',
  },
  maxStreamsPerAddress: {
    name: 'MAX_STREAMS_PER_ADDRESS',
    default: '0',
    meaning:
      'The most streams of one address (IPv6: of one /64) at a time, in each process. Beyond it a client receives the same answer as beyond `MAX_SUBSCRIBERS`. 0: no limit. Behind a proxy it needs `TRUSTED_PROXIES`.',
  },
  resume: {
    name: 'RESUME',
    default: 'off',
    meaning: '`on`: a client whose `Last-Event-ID` header names the newest update does not receive it again.',
  },
  congested: {
    name: 'CONGESTED_SECONDS',
    default: '60',
    meaning: 'How long a client may stop reading before its connection is closed.',
  },
  appendDeadline: {
    name: 'APPEND_DEADLINE_MS',
    default: '1500',
    meaning: 'How long a queue-change waits for the log. The Flagsmith API waits two seconds.',
  },
  maxPendingEnvironments: {
    name: 'MAX_PENDING_ENVIRONMENTS',
    default: '100000',
    meaning: 'For how many environments an update that the log did not store is kept until the log is reachable again.',
  },
  drainWait: {
    name: 'DRAIN_WAIT_SECONDS',
    default: '0',
    meaning: 'How long streams are still accepted after a SIGTERM, until load balancers notice.',
  },
  drain: {
    name: 'DRAIN_SECONDS',
    default: '10',
    meaning: 'How long the service then takes to end the streams, spread evenly.',
  },
} satisfies Readonly<Record<string, Variable>>;

export const SERVICE_VARIABLES: readonly Variable[] = Object.values(VARIABLES);

const DAY_SECONDS = 86_400;
const MAX_WORKERS = 256;
/** Files that are not subscribers: the log's connection, listeners, probes, posts. */
const FILES_BESIDE_STREAMS = 512;
const FILES_BESIDE_CONNECTIONS = 64;
/** An upper bound: each takes about a kilobyte besides its connection. */
const MAX_HELD_REFUSALS = 4096;

/**
 * @param maxFiles how many files the process may open, which bounds the connections
 * @param others `asksForFlags`: each subscriber may need a second connection, to ask for its flags here
 */
export function readServiceSettings(
  reader: SettingsReader,
  maxFiles: number,
  { asksForFlags }: { readonly asksForFlags: boolean },
): ServiceSettings {
  const maxConnections = Math.max(1, maxFiles - FILES_BESIDE_CONNECTIONS);
  const filesForStreams = Math.min(maxFiles - FILES_BESIDE_STREAMS, asksForFlags ? Math.floor(maxFiles / 2) : Infinity);
  const maxSubscribers = reader.integer(VARIABLES.maxSubscribers, 1, maxConnections, Math.max(1, filesForStreams));
  const ms = (variable: Variable, minSeconds: number, maxSeconds = DAY_SECONDS): number =>
    reader.number(variable, minSeconds, maxSeconds) * 1000;
  const maxStreamAgeMs = readMaxStreamAgeSeconds(reader) * 1000;
  return {
    workers: readWorkers(reader),
    keepAliveMs: ms(VARIABLES.keepAlive, 1),
    retentionMs: ms(VARIABLES.retention, 1, 30 * DAY_SECONDS),
    maxStreamAgeMs,
    streamAgeRules: readAgeRules(reader, maxStreamAgeMs),
    ofrepStreamAgeMs: ms(VARIABLES.ofrepStreamAge, 0, 30 * DAY_SECONDS),
    maxSubscribers,
    maxConnections,
    maxStreamsPerAddress: reader.integer(VARIABLES.maxStreamsPerAddress, 0, 10_000_000),
    // Half of the connections that are left when all streams are open: the other half is for probes and changes.
    maxHeldRefusals: Math.min(MAX_HELD_REFUSALS, Math.floor((maxConnections - maxSubscribers) / 2)),
    resume: reader.oneOf(VARIABLES.resume, ['off', 'on']) === 'on',
    congestedMs: ms(VARIABLES.congested, 1),
    appendDeadlineMs: reader.integer(VARIABLES.appendDeadline, 1, 60_000),
    maxPendingEnvironments: reader.integer(VARIABLES.maxPendingEnvironments, 0, 10_000_000),
    drainWaitMs: ms(VARIABLES.drainWait, 0),
    drainMs: ms(VARIABLES.drain, 0),
  };
}

function readWorkers(reader: SettingsReader): number {
  const { workers } = VARIABLES;
  return reader.text(workers) === 'auto' ? availableParallelism() : reader.integer(workers, 1, MAX_WORKERS);
}

function readMaxStreamAgeSeconds(reader: SettingsReader): number {
  const { maxStreamAge, publishedMaxStreamAge } = VARIABLES;
  const isPublished = reader.isSet(publishedMaxStreamAge) && !reader.isSet(maxStreamAge);
  if (isPublished && /^-\d+(\.\d+)?$/.test(reader.text(publishedMaxStreamAge))) return 0;
  return reader.number(isPublished ? publishedMaxStreamAge : maxStreamAge, 0, 30 * DAY_SECONDS);
}

/** The rules in the format of `STREAM_AGE_RULES`. */
export function textOfAgeRules(rules: readonly StreamAgeRule[]): string {
  return rules.map((rule) => `${rule.userAgentPrefix}=${rule.minMs / 1000}-${rule.maxMs / 1000}`).join(',');
}

function readAgeRules(reader: SettingsReader, maxStreamAgeMs: number): readonly StreamAgeRule[] {
  // The rule exists because load balancers cut streams. An operator who sets a shorter age means it for Android, too.
  if (!reader.isSet(VARIABLES.streamAgeRules) && maxStreamAgeMs > 0 && maxStreamAgeMs < ANDROID_AGE_RULE.minMs)
    return BUILT_IN_AGE_RULES.filter((rule) => rule !== ANDROID_AGE_RULE);
  const text = reader.text(VARIABLES.streamAgeRules);
  if (text === '') return [];
  return text.split(',').flatMap((part) => {
    const match = /^\s*([^=]+)=(\d+(?:\.\d+)?)-(\d+(?:\.\d+)?)\s*$/.exec(part);
    const [from, to] = [Number(match?.[2]), Number(match?.[3])];
    if (match?.[1] !== undefined && from > 0 && to >= from)
      return [{ userAgentPrefix: match[1], minMs: from * 1000, maxMs: to * 1000 }];
    const what = `must be prefix=from-to in seconds, separated by commas; "${part}" is not`;
    reader.problem(VARIABLES.streamAgeRules, what);
    return [];
  });
}
