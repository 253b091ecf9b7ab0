import type { SettingsGroup } from '../common/settings-group.ts';
import type { SettingsReader } from '../common/settings-reader.ts';
import type { Variable } from '../common/variable.ts';

export interface FlagsmithSettings {
  /** Undefined: the API is not called. */
  readonly flagsmithApi: FlagsmithApiSettings | undefined;
  /** Undefined: the relay is off. */
  readonly flagsRelay: FlagsRelaySettings | undefined;
}

export interface FlagsmithApiSettings {
  /** The base URL of the API as SDKs use it, with a slash at its end. */
  readonly baseUrl: string;
  readonly maxRequests: number;
  readonly timeoutMs: number;
}

export interface FlagsRelaySettings {
  readonly maxAgeMs: number;
  readonly staleMs: number;
}

const VARIABLES = {
  url: {
    name: 'FLAGSMITH_API_URL',
    meaning:
      'The Flagsmith API as SDKs use it, `http://flagsmith-api:8000/api/v1/`: its own address, not one that leads back here.',
  },
  connections: {
    name: 'FLAGSMITH_API_CONNECTIONS',
    default: '16',
    meaning: 'The most requests to the Flagsmith API at a time, per process.',
  },
  timeout: {
    name: 'FLAGSMITH_API_TIMEOUT_SECONDS',
    default: '8',
    meaning: "How long the Flagsmith API may take for an answer. Python's SDK waits for ten seconds.",
  },
  relay: {
    name: 'FLAGS_RELAY',
    default: 'off',
    meaning:
      '`on`: requests for flags and environment documents are answered here, with one request to the Flagsmith API for all clients. It needs `FLAGSMITH_API_URL`.',
  },
  maxAge: {
    name: 'FLAGS_MAX_AGE_SECONDS',
    default: '2',
    meaning: 'How long an answer of the Flagsmith API is reused, unless an update of its environment arrives.',
  },
  stale: {
    name: 'FLAGS_STALE_SECONDS',
    default: '3600',
    meaning: 'How old the last good answer may be that is sent while the Flagsmith API fails. 0: none is sent.',
  },
} satisfies Readonly<Record<string, Variable>>;

const DAY_SECONDS = 86_400;

export const FLAGSMITH_SETTINGS: SettingsGroup<FlagsmithSettings> = {
  variables: Object.values(VARIABLES),
  read: (reader) => {
    const api = readApi(reader);
    const relay = readRelay(reader);
    if (relay !== undefined && reader.text(VARIABLES.url) === '')
      reader.problem(VARIABLES.url, 'is required with FLAGS_RELAY=on');
    return { flagsmithApi: api, flagsRelay: relay };
  },
};

function readApi(reader: SettingsReader): FlagsmithApiSettings | undefined {
  const maxRequests = reader.integer(VARIABLES.connections, 1, 1024);
  const timeoutMs = reader.number(VARIABLES.timeout, 0.1, 300) * 1000;
  const text = reader.text(VARIABLES.url);
  if (text === '') return undefined;
  if (!isBaseUrl(text)) {
    const what =
      'must be http:// or https:// with a host and a path that ends in /api/v1/, without credentials or a query';
    reader.problem(VARIABLES.url, what);
  }
  return { baseUrl: text, maxRequests, timeoutMs };
}

function isBaseUrl(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, username, password, pathname } = new URL(text);
  const hasMore = /[?#]/.test(text) || username !== '' || password !== '';
  return /^https?:$/.test(protocol) && !hasMore && pathname.endsWith('/api/v1/');
}

function readRelay(reader: SettingsReader): FlagsRelaySettings | undefined {
  const isOn = reader.oneOf(VARIABLES.relay, ['off', 'on']) === 'on';
  const maxAgeMs = reader.number(VARIABLES.maxAge, 0.1, DAY_SECONDS) * 1000;
  const staleMs = reader.number(VARIABLES.stale, 0, 30 * DAY_SECONDS) * 1000;
  return isOn ? { maxAgeMs, staleMs } : undefined;
}
