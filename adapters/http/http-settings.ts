import type { SettingsGroup } from '../common/settings-group.ts';
import type { SettingsReader } from '../common/settings-reader.ts';
import type { Variable } from '../common/variable.ts';
import { NO_PROXIES, parseTrustedProxies, type TrustedProxies } from './client-address.ts';
import type { ListenAddress } from './listen-address.ts';
import { readTlsFiles, type TlsFiles } from './tls-files.ts';

export interface HttpSettings {
  readonly listenAddresses: readonly ListenAddress[];
  readonly internalListenAddresses: readonly ListenAddress[];
  readonly tlsListenAddresses: readonly ListenAddress[];
  readonly http2ListenAddresses: readonly ListenAddress[];
  /** Set if `tlsListenAddresses` are. Without it HTTP/2 is in clear text. */
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
    meaning:
      'Addresses to listen on, `host:port`, separated by commas. An empty host means every address, IPv6 and IPv4.',
  },
  internalListen: {
    name: 'INTERNAL_LISTEN_ADDR',
    meaning:
      'Addresses for queue-change, `/metricsz`, `/metrics` and `/debug`. When set, they are answered only there.',
  },
  tlsListen: {
    name: 'TLS_LISTEN_ADDR',
    meaning: 'Addresses for HTTP/1.1 over TLS. They need `TLS_CERT_FILE` and `TLS_KEY_FILE`.',
  },
  http2Listen: {
    name: 'HTTP2_LISTEN_ADDR',
    meaning:
      'Addresses for HTTP/2: with TLS when there is a certificate, else h2c with prior knowledge. They take HTTP/1.1 too.',
  },
  tlsCert: {
    name: 'TLS_CERT_FILE',
    meaning:
      'The certificate chain (PEM, server certificate first) for `TLS_LISTEN_ADDR` and `HTTP2_LISTEN_ADDR`, read again when it changes.',
  },
  tlsKey: {
    name: 'TLS_KEY_FILE',
    meaning: 'The key (PEM, without a password) of that certificate: RSA, P-256, P-384, P-521 or Ed25519.',
  },
  http1Transport: {
    name: 'HTTP1_TRANSPORT',
    default: 'uws',
    meaning:
      'What serves `LISTEN_ADDR` and `TLS_LISTEN_ADDR`: `uws`, or `node` if that addon does not load: slower, and `LISTEN_ADDR` also takes h2c.',
  },
  trustedProxies: {
    name: 'TRUSTED_PROXIES',
    meaning:
      'The proxies in front, addresses or networks (`10.0.0.0/8`, `2001:db8::/32`) separated by commas: their `X-Forwarded-For` gives the address of the client. That of other peers is ignored.',
  },
  eventName: {
    name: 'SSE_EVENT_NAME',
    default: 'environment_updated',
    meaning:
      'The name of the events, in printable ASCII. Empty leaves only the `data:` line of each event, as the original documents it.',
    mayBeEmpty: true,
  },
  healthChecksLog: {
    name: 'HEALTH_CHECKS_LOG',
    default: 'off',
    meaning:
      '`on`: `/health` and `/sse/health` answer as `/readyz` does. The published image answered 200 there only while its store was reachable. Not for liveness probes.',
  },
} satisfies Readonly<Record<string, Variable>>;

export const HTTP_SETTINGS: SettingsGroup<HttpSettings> = {
  variables: Object.values(VARIABLES),
  read: (reader) => ({
    listenAddresses: listenAddressesIn(reader),
    internalListenAddresses: readAddresses(reader, VARIABLES.internalListen),
    tlsListenAddresses: readAddresses(reader, VARIABLES.tlsListen),
    http2ListenAddresses: readAddresses(reader, VARIABLES.http2Listen),
    tlsFiles: tlsFilesIn(reader),
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

function tlsFilesIn(reader: SettingsReader): TlsFiles | undefined {
  const { tlsCert, tlsKey, tlsListen, http2Listen } = VARIABLES;
  const files = { certFile: reader.text(tlsCert), keyFile: reader.text(tlsKey) };
  const [hasCert, hasKey] = [files.certFile !== '', files.keyFile !== ''];
  const hasTlsListener = reader.text(tlsListen) !== '';
  if (!hasCert && !hasKey && !hasTlsListener) return undefined;
  const beside = (other: string): string => `is required with ${other}`;
  if (!hasCert) reader.problem(tlsCert, beside(hasKey ? tlsKey.name : tlsListen.name));
  if (!hasKey) reader.problem(tlsKey, beside(hasCert ? tlsCert.name : tlsListen.name));
  // An operator who sets a certificate expects TLS; without one of these no listener would serve it.
  if (!hasTlsListener && reader.text(http2Listen) === '')
    reader.problem(tlsListen, `or ${http2Listen.name} ${beside(hasCert ? tlsCert.name : tlsKey.name)}`);
  if (!hasCert || !hasKey) return undefined;
  const read = readTlsFiles(files);
  if ('invalid' in read) for (const { name, what } of read.invalid) reader.problem({ name }, what);
  return files;
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
  // Its bytes must be the same whatever writes them: on Node 24 uWebSockets.js writes a string in Latin-1 as it is.
  if (!/^[ -~]*$/.test(name)) reader.problem(VARIABLES.eventName, 'must be printable ASCII characters');
  return name;
}
