import { availableParallelism } from 'node:os';
import { NO_PROXIES, parseTrustedProxies, type TrustedProxies } from '../adapters/http/client-address.ts';
import type { ListenAddress } from '../adapters/http/listen-address.ts';
import type { TlsFiles } from '../adapters/http/tls-certificate.ts';
import {
  parseWebhookSettings,
  WEBHOOK_VARIABLES,
  type WebhookSettings,
} from '../adapters/http/webhooks/webhook-settings.ts';
import { type NatsFiles, readNatsFiles } from '../adapters/nats/nats-files.ts';
import { type NatsAddress, parseNatsUrl } from '../adapters/nats/nats-url.ts';
import { BUILT_IN_AGE_RULES, type StreamAgeRule } from '../application/stream-age.ts';
import { fileLimit } from './file-limit.ts';
import { withSecretsFromFiles } from './secret-files.ts';

/** The effective configuration. Times are in milliseconds. */
export interface Config {
  readonly listenAddresses: readonly ListenAddress[];
  readonly internalListenAddresses: readonly ListenAddress[];
  readonly http2ListenAddresses: readonly ListenAddress[];
  /** Without them HTTP/2 is in clear text. */
  readonly tlsFiles: TlsFiles | undefined;
  readonly http1Transport: 'uws' | 'node';
  readonly tokens: readonly string[];
  readonly webhooks: WebhookSettings;
  /** How many processes share the port. */
  readonly workers: number;
  readonly updateLog: 'nats' | 'memory';
  readonly natsAddress: NatsAddress;
  readonly natsFiles: NatsFiles;
  readonly natsStream: string;
  readonly natsReplicas: number;
  readonly eventName: string;
  readonly keepAliveMs: number;
  readonly retentionMs: number;
  readonly maxStreamAgeMs: number;
  readonly streamAgeRules: readonly StreamAgeRule[];
  readonly maxSubscribers: number;
  readonly maxConnections: number;
  /** 0: as many as there may be. */
  readonly maxStreamsPerAddress: number;
  readonly trustedProxies: TrustedProxies;
  /** How many requests that will be refused may wait for it. */
  readonly maxHeldRefusals: number;
  readonly resume: boolean;
  readonly congestedMs: number;
  readonly appendDeadlineMs: number;
  readonly maxPendingEnvironments: number;
  readonly drainWaitMs: number;
  readonly drainMs: number;
  readonly logLevel: LogLevel;
}

export type LogLevel = (typeof LOG_LEVELS)[number];
const LOG_LEVELS = ['debug', 'info', 'warn', 'error', 'silent'] as const;

/** One environment variable: what it is called, what holds without it, and what it means, for the help and the docs. */
export interface Variable {
  readonly name: string;
  /** As one would write it; undefined: none. */
  readonly default?: string;
  readonly defaultText?: string;
  readonly meaning: string;
  readonly secret?: boolean;
  /** Set to nothing means something of its own here; elsewhere it is the same as not set. */
  readonly mayBeEmpty?: boolean;
}

/** Every variable that the service reads. A test holds the documentation to this list. */
export const VARIABLES = [
  {
    name: 'LISTEN_ADDR',
    default: ':8080',
    meaning: 'Addresses to listen on, `host:port`, separated by commas. An empty host is every address, IPv6 and IPv4.',
  },
  {
    name: 'SSE_AUTHENTICATION_TOKEN',
    defaultText: 'required',
    meaning: 'The secret that the Flagsmith API presents on queue-change. Printable ASCII without blanks at its ends.',
    secret: true,
  },
  {
    name: 'SSE_AUTHENTICATION_TOKEN_PREVIOUS',
    meaning: 'A second secret that is accepted as well, while the first one is being rotated.',
    secret: true,
  },
  ...WEBHOOK_VARIABLES,
  {
    name: 'UPDATE_LOG',
    default: 'nats',
    meaning: 'The log between instances: `nats`, or `memory` for one process that keeps nothing when it ends.',
  },
  {
    name: 'NATS_URL',
    default: 'nats://127.0.0.1:4222',
    meaning:
      'One or several URLs of NATS, separated by commas: `nats://` or `tls://`, with `token@` or `user:password@` (percent-encoded) where it asks for them.',
    secret: true,
  },
  {
    name: 'NATS_CREDS_FILE',
    meaning:
      'Credentials for NATS as `nsc` writes them, a JWT and its seed, in the place of those in the URL. Read again for each connection, like the files below.',
  },
  {
    name: 'NATS_CA_FILE',
    meaning:
      'The authorities (PEM) that the certificates of NATS may be from, in the place of the public ones. With it a connection without TLS is refused, as with `tls://`.',
  },
  {
    name: 'NATS_CERT_FILE',
    meaning: 'The certificate chain (PEM) that is shown to NATS. With it a connection without TLS is refused, too.',
  },
  { name: 'NATS_KEY_FILE', meaning: 'The key (PEM) of that certificate.' },
  {
    name: 'NATS_STREAM',
    default: 'environments-stream',
    meaning: 'The name of the JetStream stream that is made where none covers `flagsmith.environment.>`.',
  },
  { name: 'NATS_REPLICAS', default: '1', meaning: 'On how many nodes of a NATS cluster that stream is kept.' },
  {
    name: 'INTERNAL_LISTEN_ADDR',
    meaning: 'Addresses for queue-change, `/metricsz` and `/debug`. When set, they are answered only there.',
  },
  {
    name: 'HTTP2_LISTEN_ADDR',
    meaning:
      'Addresses for HTTP/2: with TLS when there is a certificate, else h2c with prior knowledge. They take HTTP/1.1 too.',
  },
  {
    name: 'TLS_CERT_FILE',
    meaning: 'The certificate chain (PEM) for `HTTP2_LISTEN_ADDR`, read again when it changes.',
  },
  { name: 'TLS_KEY_FILE', meaning: 'The key (PEM) of that certificate.' },
  {
    name: 'HTTP1_TRANSPORT',
    default: 'uws',
    meaning:
      'What serves `LISTEN_ADDR`: `uws`, or `node` where that addon does not load: slower, and takes h2c as well.',
  },
  {
    name: 'WORKERS',
    default: '1',
    meaning:
      'How many processes share the port, or `auto` for one a processor. `MAX_SUBSCRIBERS` counts for each. The memory log serves one only.',
  },
  {
    name: 'SSE_EVENT_NAME',
    default: 'environment_updated',
    meaning: 'The name of the events. Empty leaves only the `data:` line of each event, as the original documents it.',
    mayBeEmpty: true,
  },
  { name: 'KEEP_ALIVE_SECONDS', default: '15', meaning: 'A comment is sent to a stream that was silent for so long.' },
  {
    name: 'RETENTION_SECONDS',
    default: '3600',
    meaning: 'How long an update is shown to new subscribers. A stream that keeps updates for less shortens it.',
  },
  {
    name: 'MAX_STREAM_AGE_SECONDS',
    default: '0',
    meaning: 'A stream is ended properly at this age, give or take a fifth. 0: never.',
  },
  {
    name: 'STREAM_AGE_RULES',
    default: BUILT_IN_AGE_RULES.map((rule) => `${rule.userAgentPrefix}=${rule.minMs / 1000}-${rule.maxMs / 1000}`).join(
      ',',
    ),
    meaning:
      'Ages by the beginning of the User-Agent, `prefix=from-to` in seconds, separated by commas; the first that fits counts. Empty: none.',
    mayBeEmpty: true,
  },
  {
    name: 'MAX_SUBSCRIBERS',
    defaultText: 'the file limit less 512',
    meaning:
      'The most streams at a time. Beyond it a client is told 503 after five seconds, and `/readyz` says `full`.',
  },
  {
    name: 'MAX_STREAMS_PER_ADDRESS',
    default: '0',
    meaning:
      'The most streams of one address (IPv6: of one /64) at a time, in each process. Beyond it a client receives 503 after five seconds. 0: any number. Behind a proxy it needs `TRUSTED_PROXIES`.',
  },
  {
    name: 'TRUSTED_PROXIES',
    meaning:
      'The proxies in front, addresses or networks (`10.0.0.0/8`, `2001:db8::/32`) separated by commas: their `X-Forwarded-For` says whose stream it is. That of others is ignored.',
  },
  {
    name: 'RESUME',
    default: 'off',
    meaning: '`on`: a client whose `Last-Event-ID` header names the newest update is not told it again.',
  },
  {
    name: 'CONGESTED_SECONDS',
    default: '60',
    meaning: 'How long a client may not read before its connection is closed.',
  },
  {
    name: 'APPEND_DEADLINE_MS',
    default: '1500',
    meaning: 'How long a queue-change waits for the log. The Flagsmith API waits two seconds.',
  },
  {
    name: 'MAX_PENDING_ENVIRONMENTS',
    default: '100000',
    meaning: 'For how many environments a refused update is kept until the log is back.',
  },
  {
    name: 'DRAIN_WAIT_SECONDS',
    default: '0',
    meaning: 'How long streams are still taken after a SIGTERM, while load balancers take notice.',
  },
  { name: 'DRAIN_SECONDS', default: '10', meaning: 'Over how long the streams are ended after that.' },
  { name: 'LOG_LEVEL', default: 'info', meaning: '`debug`, `info`, `warn`, `error` or `silent`.' },
] as const satisfies readonly Variable[];

export type VariableName = (typeof VARIABLES)[number]['name'];

/** Every mistake in the environment, each with the name of its variable. */
export class ConfigError extends Error {
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(`the configuration has ${problems.length === 1 ? 'a mistake' : 'mistakes'}:\n  ${problems.join('\n  ')}`);
    this.problems = problems;
  }
}

const DAY_SECONDS = 86_400;
const MAX_WORKERS = 256;
/** Files that are not subscribers: the log's connection, listeners, probes, posts. */
const FILES_BESIDE_STREAMS = 512;
const FILES_BESIDE_CONNECTIONS = 64;
/** At most: each takes about a kilobyte beside its connection. */
const MAX_HELD_REFUSALS = 4096;
const PRINTABLE_ASCII = /^[!-~](?:[ -~]*[!-~])?$/;

/**
 * Reads the configuration.
 *
 * @param environment the variables by their names, as `process.env` has them; what is no variable of ours is ignored
 * @param maxFiles how many files the process may open, which bounds the connections; its own limit unless given
 * @throws ConfigError with every mistake at once
 */
export function readConfig(
  environment: Readonly<Record<string, string | undefined>>,
  maxFiles: number = fileLimit(),
): Config {
  const problems: string[] = [];
  const secrets = VARIABLES.filter((variable: Variable) => variable.secret).map(({ name }) => name);
  const reader = new Reader(withSecretsFromFiles(environment, secrets, problems), problems);
  const maxConnections = Math.max(1, maxFiles - FILES_BESIDE_CONNECTIONS);
  const maxSubscribers = reader.integer(
    'MAX_SUBSCRIBERS',
    1,
    maxConnections,
    Math.max(1, maxFiles - FILES_BESIDE_STREAMS),
  );
  const natsAddress = reader.natsAddress();
  const config: Config = {
    listenAddresses: reader.addresses('LISTEN_ADDR'),
    internalListenAddresses: reader.addresses('INTERNAL_LISTEN_ADDR'),
    http2ListenAddresses: reader.addresses('HTTP2_LISTEN_ADDR'),
    tlsFiles: reader.tlsFiles(),
    http1Transport: reader.oneOf('HTTP1_TRANSPORT', ['uws', 'node']),
    tokens: reader.tokens(),
    webhooks: reader.webhooks(),
    workers: reader.workers(),
    updateLog: reader.oneOf('UPDATE_LOG', ['nats', 'memory']),
    natsAddress,
    natsFiles: reader.natsFiles(natsAddress),
    natsStream: reader.natsStream(),
    natsReplicas: reader.integer('NATS_REPLICAS', 1, 5),
    eventName: reader.eventName(),
    keepAliveMs: reader.number('KEEP_ALIVE_SECONDS', 1, DAY_SECONDS) * 1000,
    retentionMs: reader.number('RETENTION_SECONDS', 1, 30 * DAY_SECONDS) * 1000,
    maxStreamAgeMs: reader.number('MAX_STREAM_AGE_SECONDS', 0, 30 * DAY_SECONDS) * 1000,
    streamAgeRules: reader.ageRules(),
    maxSubscribers,
    maxConnections,
    maxStreamsPerAddress: reader.integer('MAX_STREAMS_PER_ADDRESS', 0, 10_000_000),
    trustedProxies: reader.trustedProxies(),
    // Half of the connections that are left when all streams are open: the other half is for probes and changes.
    maxHeldRefusals: Math.min(MAX_HELD_REFUSALS, Math.floor((maxConnections - maxSubscribers) / 2)),
    resume: reader.oneOf('RESUME', ['off', 'on']) === 'on',
    congestedMs: reader.number('CONGESTED_SECONDS', 1, DAY_SECONDS) * 1000,
    appendDeadlineMs: reader.integer('APPEND_DEADLINE_MS', 1, 60_000),
    maxPendingEnvironments: reader.integer('MAX_PENDING_ENVIRONMENTS', 0, 10_000_000),
    drainWaitMs: reader.number('DRAIN_WAIT_SECONDS', 0, DAY_SECONDS) * 1000,
    drainMs: reader.number('DRAIN_SECONDS', 0, DAY_SECONDS) * 1000,
    logLevel: reader.oneOf('LOG_LEVEL', LOG_LEVELS),
  };
  if (config.workers > 1 && config.updateLog === 'memory')
    problems.push(
      `WORKERS must be 1 with UPDATE_LOG=memory, not ${config.workers}: workers hear each other by the log`,
    );
  if (problems.length > 0) throw new ConfigError(problems);
  return config;
}

/**
 * Reads where the service listens, and nothing else: a health check must not fail because of files that are being
 * replaced under a running service.
 *
 * @throws ConfigError
 */
export function readListenAddresses(environment: NodeJS.ProcessEnv): readonly ListenAddress[] {
  const problems: string[] = [];
  const addresses = new Reader(environment, problems).addresses('LISTEN_ADDR');
  if (problems.length > 0) throw new ConfigError(problems);
  return addresses;
}

class Reader {
  readonly #environment: NodeJS.ProcessEnv;
  readonly #problems: string[];

  constructor(environment: NodeJS.ProcessEnv, problems: string[]) {
    this.#environment = environment;
    this.#problems = problems;
  }

  oneOf<T extends string>(name: VariableName, values: readonly T[]): T {
    const text = this.#text(name);
    const value = values.find((known) => known === text);
    if (value === undefined) this.#problem(name, `must be one of ${values.join(', ')}`);
    return value ?? (values[0] as T);
  }

  /** A decimal number within bounds, both included. */
  number(name: VariableName, min: number, max: number): number {
    const text = this.#text(name);
    const value = /^\d+(\.\d+)?$/.test(text) ? Number(text) : NaN;
    if (value >= min && value <= max) return value;
    this.#problem(name, `must be a number from ${min} to ${max}`);
    return min;
  }

  integer(name: VariableName, min: number, max: number, otherwise?: number): number {
    const text = this.#text(name);
    if (text === '' && otherwise !== undefined) return otherwise;
    const value = /^\d+$/.test(text) ? Number(text) : NaN;
    if (value >= min && value <= max) return value;
    this.#problem(name, `must be a whole number from ${min} to ${max}`);
    return min;
  }

  workers(): number {
    return this.#text('WORKERS') === 'auto' ? availableParallelism() : this.integer('WORKERS', 1, MAX_WORKERS);
  }

  addresses(name: VariableName): ListenAddress[] {
    const text = this.#text(name);
    if (text === '') return [];
    return text.split(',').flatMap((part) => {
      const match = /^(?:\[([0-9A-Fa-f:.]+)\]|([^:[\]\s]*)):(\d{1,5})$/.exec(part.trim());
      const port = Number(match?.[3]);
      if (match !== null && port <= 65_535) return [{ host: match[1] ?? match[2] ?? '', port }];
      this.#problem(name, `must be host:port, :port or [IPv6]:port, separated by commas; "${part.trim()}" is not`);
      return [];
    });
  }

  trustedProxies(): TrustedProxies {
    const proxies = parseTrustedProxies(this.#text('TRUSTED_PROXIES'));
    if (!('invalid' in proxies)) return proxies;
    this.#problem('TRUSTED_PROXIES', `must be addresses or networks, separated by commas; "${proxies.invalid}" is not`);
    return NO_PROXIES;
  }

  tlsFiles(): TlsFiles | undefined {
    const [certFile, keyFile] = [this.#text('TLS_CERT_FILE'), this.#text('TLS_KEY_FILE')];
    if (certFile === '' && keyFile === '') return undefined;
    if (certFile === '') this.#problem('TLS_CERT_FILE', 'is required beside TLS_KEY_FILE');
    if (keyFile === '') this.#problem('TLS_KEY_FILE', 'is required beside TLS_CERT_FILE');
    // Whoever sets a certificate expects TLS; without this address nothing would speak it.
    if (this.#text('HTTP2_LISTEN_ADDR') === '') this.#problem('HTTP2_LISTEN_ADDR', 'is required beside TLS_CERT_FILE');
    return { certFile, keyFile };
  }

  tokens(): string[] {
    if (this.#text('SSE_AUTHENTICATION_TOKEN') === '') this.#problem('SSE_AUTHENTICATION_TOKEN', 'is required');
    const names = ['SSE_AUTHENTICATION_TOKEN', 'SSE_AUTHENTICATION_TOKEN_PREVIOUS'] as const;
    return names.flatMap((name) => {
      const token = this.#text(name);
      if (token === '') return [];
      if (!PRINTABLE_ASCII.test(token)) this.#problem(name, 'must be printable ASCII without blanks at its ends');
      return [token];
    });
  }

  webhooks(): WebhookSettings {
    return parseWebhookSettings(
      (name) => this.#text(name),
      (name, what) => this.#problem(name, what),
    );
  }

  natsAddress(): NatsAddress {
    const address = parseNatsUrl(this.#text('NATS_URL'));
    if (!('invalid' in address)) return address;
    this.#problem('NATS_URL', address.invalid);
    return { servers: [], tls: false, credentials: undefined, redacted: '' };
  }

  natsFiles({ credentials }: NatsAddress): NatsFiles {
    const names = ['NATS_CREDS_FILE', 'NATS_CA_FILE', 'NATS_CERT_FILE', 'NATS_KEY_FILE'] as const;
    const files: NatsFiles = Object.fromEntries(
      names.map((name) => [name, this.#text(name)]).filter(([, path]) => path !== ''),
    );
    for (const [name, other] of [
      ['NATS_CERT_FILE', 'NATS_KEY_FILE'],
      ['NATS_KEY_FILE', 'NATS_CERT_FILE'],
    ] as const)
      if (files[name] === undefined && files[other] !== undefined) this.#problem(name, `is required beside ${other}`);
    if (files.NATS_CREDS_FILE !== undefined && credentials !== undefined)
      this.#problem('NATS_CREDS_FILE', 'and credentials in NATS_URL are both set');
    const held = readNatsFiles(files);
    if ('invalid' in held) this.#problems.push(...held.invalid);
    return files;
  }

  natsStream(): string {
    const name = this.#text('NATS_STREAM');
    // What NATS forbids in the name of a stream, and what would not fit a file name on its disk.
    if (!/^[^\s.*>/\\\p{Cc}]{1,200}$/u.test(name))
      this.#problem('NATS_STREAM', 'must be 1 to 200 characters without blanks and . * > / \\');
    return name;
  }

  eventName(): string {
    const name = this.#text('SSE_EVENT_NAME');
    if (/[\r\n\0]/.test(name)) this.#problem('SSE_EVENT_NAME', 'must not contain line ends');
    return name;
  }

  ageRules(): StreamAgeRule[] {
    const text = this.#text('STREAM_AGE_RULES');
    if (text === '') return [];
    return text.split(',').flatMap((part) => {
      const match = /^\s*([^=]+)=(\d+(?:\.\d+)?)-(\d+(?:\.\d+)?)\s*$/.exec(part);
      const [from, to] = [Number(match?.[2]), Number(match?.[3])];
      if (match?.[1] !== undefined && from > 0 && to >= from)
        return [{ userAgentPrefix: match[1], minMs: from * 1000, maxMs: to * 1000 }];
      this.#problem('STREAM_AGE_RULES', `must be prefix=from-to in seconds, separated by commas; "${part}" is not`);
      return [];
    });
  }

  /** The variable, or its default where it is not set. */
  #text(name: VariableName): string {
    const variable: Variable | undefined = VARIABLES.find((known) => known.name === name);
    const text = this.#environment[name];
    if (text === undefined || (text === '' && variable?.mayBeEmpty !== true)) return variable?.default ?? '';
    return text;
  }

  #problem(name: VariableName, what: string): void {
    this.#problems.push(`${name} ${what}`);
  }
}
