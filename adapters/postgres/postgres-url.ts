import { decodePercent, formatHostPort, type HostPort, parseHostPort } from '../common/host-port.ts';

/** The servers of PostgreSQL, and our credentials. */
export interface PostgresAddress {
  /** In the order in which they are tried: the first writable one is used. At least one. */
  readonly hosts: readonly HostPort[];
  readonly database: string;
  readonly user: string;
  readonly password: string | undefined;
  readonly tls: TlsChoice;
  /** For log lines: the same URL with `***` for user and password. */
  readonly redacted: string;
}

/** libpq's modes, from none to a certificate that has the name of the host. */
export const SSL_MODES = ['disable', 'allow', 'prefer', 'require', 'verify-ca', 'verify-full'] as const;
export type SslMode = (typeof SSL_MODES)[number];

export interface TlsChoice {
  readonly mode: SslMode;
  /** Paths of PEM files. `system` instead of a path: the public authorities. */
  readonly rootCert: string | undefined;
  readonly cert: string | undefined;
  readonly key: string | undefined;
}

export interface InvalidPostgresUrl {
  /** In words for the operator, without any part of the text that could be a credential. */
  readonly invalid: string;
}

const DEFAULT_PORT = 5432;
const PARAMETERS = ['sslmode', 'sslrootcert', 'sslcert', 'sslkey', 'host', 'target_session_attrs'] as const;
type Parameters = Readonly<Partial<Record<(typeof PARAMETERS)[number], string>>>;
/** What we look for anyway: a writable server. */
const WRITABLE = new Set(['read-write', 'primary']);

/**
 * Reads `POSTGRES_URL` as libpq does: `postgres://` or `postgresql://`, a user and a password (percent-encoded), one or
 * several hosts with ports, a database, and parameters. A host that is the folder of a Unix socket is percent-encoded
 * or stands in `?host=`. The client library reads no URL with several hosts, and interprets `sslmode` differently.
 */
export function parsePostgresUrl(text: string): PostgresAddress | InvalidPostgresUrl {
  if (text === '') return { invalid: 'is required' };
  const scheme = /^postgres(?:ql)?:\/\//i.exec(text)?.[0];
  if (scheme === undefined) return { invalid: 'must begin with postgres:// or postgresql://' };
  const rest = text.slice(scheme.length);
  // Split at the last @, so that a password with a bare @ in it does not become part of a host in an error or a
  // look-up.
  const at = rest.lastIndexOf('@');
  const credentials = parseCredentials(rest.slice(0, Math.max(at, 0)));
  if ('invalid' in credentials) return credentials;
  const [, authority = '', path = '', query = ''] =
    /^([^/?]*)(?:\/([^?]*))?(?:\?(.*))?$/s.exec(rest.slice(at + 1)) ?? [];
  const parameters = parseParameters(query);
  if ('invalid' in parameters) return parameters;
  const hosts = parseHosts(authority === '' ? (parameters.host ?? '') : authority);
  if ('invalid' in hosts) return hosts;
  const database = decodePercent(path);
  if (database === undefined) return { invalid: 'has a database that is not percent-encoded UTF-8' };
  const tls = tlsChoice(parameters);
  if ('invalid' in tls) return tls;
  const { target_session_attrs: target } = parameters;
  if (target !== undefined && !WRITABLE.has(target))
    return { invalid: 'has a target_session_attrs that is neither read-write nor primary' };
  return {
    hosts,
    database: database === '' ? credentials.user : database,
    ...credentials,
    tls,
    redacted: `postgres://***@${hosts.map(formatHostPort).join(',')}/${path}${query === '' ? '' : `?${query}`}`,
  };
}

function parseCredentials(text: string): Pick<PostgresAddress, 'user' | 'password'> | InvalidPostgresUrl {
  if (/[/?#\s]/.test(text)) return { invalid: 'has credentials with /, ?, # or a blank in them: percent-encode these' };
  const colon = text.indexOf(':');
  const user = decodePercent(colon < 0 ? text : text.slice(0, colon));
  const password = decodePercent(colon < 0 ? '' : text.slice(colon + 1));
  if (user === undefined || password === undefined)
    return { invalid: 'has credentials that are not percent-encoded UTF-8' };
  if (user === '') return { invalid: 'has no user name' };
  return { user, password: password === '' ? undefined : password };
}

function parseParameters(query: string): Parameters | InvalidPostgresUrl {
  const parameters: Partial<Record<(typeof PARAMETERS)[number], string>> = {};
  for (const pair of query.split('&').filter(Boolean)) {
    const equals = pair.indexOf('=');
    const name = PARAMETERS.find((known) => known === pair.slice(0, Math.max(equals, 0)));
    const value = decodePercent(pair.slice(equals + 1));
    if (name === undefined) return { invalid: `has an unknown parameter: expected one of ${PARAMETERS.join(', ')}` };
    if (value === undefined || value === '')
      return { invalid: `has an empty ${name}, or one that is not percent-encoded` };
    parameters[name] = value;
  }
  return parameters;
}

function parseHosts(text: string): readonly HostPort[] | InvalidPostgresUrl {
  const hosts: HostPort[] = [];
  const entries = text.split(',');
  for (const [index, entry] of entries.entries()) {
    const host = parseHost(entry);
    if ('invalid' in host) return entries.length === 1 ? host : { invalid: `(host ${index + 1}) ${host.invalid}` };
    hosts.push(host);
  }
  return hosts;
}

function parseHost(entry: string): HostPort | InvalidPostgresUrl {
  const [, folder, port = String(DEFAULT_PORT)] = /^((?:%2F|\/)[^:]*)(?::(\d{1,5}))?$/i.exec(entry) ?? [];
  if (folder === undefined) return parseHostPort(entry, DEFAULT_PORT);
  const host = decodePercent(folder);
  return host === undefined
    ? { invalid: 'has a host that is not percent-encoded UTF-8' }
    : { host, port: Number(port) };
}

function tlsChoice(parameters: Parameters): TlsChoice | InvalidPostgresUrl {
  const { sslrootcert: rootCert, sslcert: cert, sslkey: key } = parameters;
  const wanted = parameters.sslmode ?? (rootCert === 'system' ? 'verify-full' : 'prefer');
  const mode = SSL_MODES.find((known) => known === wanted);
  if (mode === undefined) return { invalid: `has an invalid sslmode: expected one of ${SSL_MODES.join(', ')}` };
  if ((cert === undefined) !== (key === undefined)) return { invalid: 'has sslcert or sslkey without the other' };
  // As libpq: a mode that trusts any certificate makes no sense with the public authorities.
  if (rootCert === 'system' && mode !== 'verify-full')
    return { invalid: 'has sslrootcert=system, which needs sslmode=verify-full' };
  return { mode, rootCert, cert, key };
}
