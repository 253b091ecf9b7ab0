import type { SettingsGroup } from '../common/settings-group.ts';
import type { SettingsReader } from '../common/settings-reader.ts';
import type { Variable } from '../common/variable.ts';
import { NO_PROXIES, parseTrustedProxies, type TrustedProxies } from './client-address.ts';
import type { ListenAddress } from './listen-address.ts';
import type { TlsFiles } from './tls-certificate.ts';

export interface HttpSettings {
  readonly listenAddresses: readonly ListenAddress[];
  readonly internalListenAddresses: readonly ListenAddress[];
  readonly http2ListenAddresses: readonly ListenAddress[];
  /** Without them HTTP/2 is in clear text. */
  readonly tlsFiles: TlsFiles | undefined;
  readonly http1Transport: 'uws' | 'node';
  readonly trustedProxies: TrustedProxies;
  readonly eventName: string;
  readonly healthChecksLog: boolean;
}

const VARIABLES = {
  listen: {
    name: 'LISTEN_ADDR',
    default: ':8080',
    meaning: 'Addresses to listen on, `host:port`, separated by commas. An empty host is every address, IPv6 and IPv4.',
  },
  internalListen: {
    name: 'INTERNAL_LISTEN_ADDR',
    meaning:
      'Addresses for queue-change, `/metricsz`, `/metrics` and `/debug`. When set, they are answered only there.',
  },
  http2Listen: {
    name: 'HTTP2_LISTEN_ADDR',
    meaning:
      'Addresses for HTTP/2: with TLS when there is a certificate, else h2c with prior knowledge. They take HTTP/1.1 too.',
  },
  tlsCert: {
    name: 'TLS_CERT_FILE',
    meaning: 'The certificate chain (PEM) for `HTTP2_LISTEN_ADDR`, read again when it changes.',
  },
  tlsKey: { name: 'TLS_KEY_FILE', meaning: 'The key (PEM) of that certificate.' },
  http1Transport: {
    name: 'HTTP1_TRANSPORT',
    default: 'uws',
    meaning:
      'What serves `LISTEN_ADDR`: `uws`, or `node` where that addon does not load: slower, and takes h2c as well.',
  },
  trustedProxies: {
    name: 'TRUSTED_PROXIES',
    meaning:
      'The proxies in front, addresses or networks (`10.0.0.0/8`, `2001:db8::/32`) separated by commas: their `X-Forwarded-For` says whose stream it is. That of others is ignored.',
  },
  eventName: {
    name: 'SSE_EVENT_NAME',
    default: 'environment_updated',
    meaning: 'The name of the events. Empty leaves only the `data:` line of each event, as the original documents it.',
    mayBeEmpty: true,
  },
  healthChecksLog: {
    name: 'HEALTH_CHECKS_LOG',
    default: 'off',
    meaning:
      '`on`: `/health` and `/sse/health` answer as `/readyz` does. The published image answered 200 there only with its store. Not for liveness probes.',
  },
} satisfies Readonly<Record<string, Variable>>;

export const HTTP_SETTINGS: SettingsGroup<HttpSettings> = {
  variables: Object.values(VARIABLES),
  read: (reader) => ({
    listenAddresses: listenAddressesIn(reader),
    internalListenAddresses: readAddresses(reader, VARIABLES.internalListen),
    http2ListenAddresses: readAddresses(reader, VARIABLES.http2Listen),
    tlsFiles: readTlsFiles(reader),
    http1Transport: reader.oneOf(VARIABLES.http1Transport, ['uws', 'node']),
    trustedProxies: readTrustedProxies(reader),
    eventName: readEventName(reader),
    healthChecksLog: reader.oneOf(VARIABLES.healthChecksLog, ['off', 'on']) === 'on',
  }),
};

/** Where the service listens for clients, and nothing else. */
export function listenAddressesIn(reader: SettingsReader): ListenAddress[] {
  return readAddresses(reader, VARIABLES.listen);
}

function readAddresses(reader: SettingsReader, variable: Variable): ListenAddress[] {
  const text = reader.text(variable);
  if (text === '') return [];
  return text.split(',').flatMap((part) => {
    const match = /^(?:\[([0-9A-Fa-f:.]+)\]|([^:[\]\s]*)):(\d{1,5})$/.exec(part.trim());
    const port = Number(match?.[3]);
    if (match !== null && port <= 65_535) return [{ host: match[1] ?? match[2] ?? '', port }];
    reader.problem(variable, `must be host:port, :port or [IPv6]:port, separated by commas; "${part.trim()}" is not`);
    return [];
  });
}

function readTlsFiles(reader: SettingsReader): TlsFiles | undefined {
  const { tlsCert, tlsKey, http2Listen } = VARIABLES;
  const [certFile, keyFile] = [reader.text(tlsCert), reader.text(tlsKey)];
  if (certFile === '' && keyFile === '') return undefined;
  if (certFile === '') reader.problem(tlsCert, 'is required beside TLS_KEY_FILE');
  if (keyFile === '') reader.problem(tlsKey, 'is required beside TLS_CERT_FILE');
  // A certificate is set by operators who expect TLS; without this address nothing would speak it.
  if (reader.text(http2Listen) === '') reader.problem(http2Listen, 'is required beside TLS_CERT_FILE');
  return { certFile, keyFile };
}

function readTrustedProxies(reader: SettingsReader): TrustedProxies {
  const { trustedProxies } = VARIABLES;
  const proxies = parseTrustedProxies(reader.text(trustedProxies));
  if (!('invalid' in proxies)) return proxies;
  reader.problem(trustedProxies, `must be addresses or networks, separated by commas; "${proxies.invalid}" is not`);
  return NO_PROXIES;
}

function readEventName(reader: SettingsReader): string {
  const name = reader.text(VARIABLES.eventName);
  if (/[\r\n\0]/.test(name)) reader.problem(VARIABLES.eventName, 'must not contain line ends');
  return name;
}
