import { decodePercent, formatHostPort, parseHostPort } from '../common/host-port.ts';

/** The servers of NATS, and our credentials. */
export interface NatsAddress {
  /** `host:port`, an IPv6 host in brackets: what the client takes. At least one, without credentials. */
  readonly servers: readonly string[];
  /** At least one URL said `tls://`, so a connection without TLS is refused. */
  readonly tls: boolean;
  readonly credentials: NatsCredentials | undefined;
  /** For log lines: the same URLs with `***` in the place of credentials. */
  readonly redacted: string;
}

export type NatsCredentials =
  | { readonly kind: 'token'; readonly token: string }
  | { readonly kind: 'user'; readonly user: string; readonly pass: string };

export interface InvalidNatsUrl {
  /** In words for the operator, without any part of the text that could be a credential. */
  readonly invalid: string;
}

const DEFAULT_PORT = 4222;

/**
 * Reads `NATS_URL` in the forms that NATS users write: one or several comma-separated URLs, `nats://` or `tls://` or no
 * scheme, an optional `token@` or `user:pass@` (percent-encoded), a host name, IPv4 or bracketed IPv6, an optional
 * port. The client itself reads neither credentials nor the scheme of a URL: it would connect in clear text to a
 * `tls://` one.
 *
 * An error names an entry by its position, never by its text: any part of what cannot be parsed may be a password.
 */
export function parseNatsUrl(text: string): NatsAddress | InvalidNatsUrl {
  const entries = text
    .split(',')
    .map((entry) => entry.trim())
    .filter((entry) => entry !== '');
  if (entries.length === 0) return { invalid: 'is empty' };

  const parsed: Entry[] = [];
  for (const [index, entry] of entries.entries()) {
    const result = parseEntry(entry);
    if ('invalid' in result)
      return { invalid: entries.length === 1 ? result.invalid : `${ordinal(index)}${result.invalid}` };
    parsed.push(result);
  }

  // The client presents one identity to every server, so a URL without credentials takes those of the others.
  const identities = parsed.flatMap(({ credentials }) => (credentials === undefined ? [] : [credentials]));
  const credentials = identities[0];
  if (identities.some((other) => JSON.stringify(other) !== JSON.stringify(credentials)))
    return { invalid: 'has URLs with different credentials: they must share one set' };

  const tls = parsed.some((entry) => entry.tls);
  return {
    servers: [...new Set(parsed.map(({ server }) => server))],
    tls,
    credentials,
    redacted: parsed
      .map((entry) => `${entry.tls ? 'tls' : 'nats'}://${entry.credentials === undefined ? '' : '***@'}${entry.server}`)
      .join(','),
  };
}

interface Entry {
  readonly server: string;
  readonly tls: boolean;
  readonly credentials: NatsCredentials | undefined;
}

function parseEntry(entry: string): Entry | InvalidNatsUrl {
  const scheme = /^([A-Za-z][A-Za-z0-9+.-]*):\/\//.exec(entry)?.[1]?.toLowerCase();
  if (scheme !== undefined && scheme !== 'nats' && scheme !== 'tls')
    return { invalid: 'has a scheme that is neither nats:// nor tls://' };
  if (scheme === undefined && entry.includes('://'))
    return { invalid: 'has an invalid scheme: expected nats:// or tls://' };
  const rest = entry.slice(scheme === undefined ? 0 : scheme.length + 3);

  // Split at the last @, so that a password with a bare @ in it does not become part of a host in an error or a
  // look-up.
  const at = rest.lastIndexOf('@');
  const credentials = at < 0 ? undefined : parseCredentials(rest.slice(0, at));
  if (credentials !== undefined && 'invalid' in credentials) return credentials;
  const server = parseServer(rest.slice(at + 1).replace(/\/$/, ''));
  return typeof server === 'string' ? { server, tls: scheme === 'tls', credentials } : server;
}

function parseCredentials(text: string): NatsCredentials | InvalidNatsUrl {
  if (/[/?#\s]/.test(text)) return { invalid: 'has credentials with /, ?, # or a blank in them: percent-encode these' };
  const colon = text.indexOf(':');
  const [first, second] = [colon < 0 ? text : text.slice(0, colon), text.slice(colon + 1)].map(decodePercent);
  if (first === undefined || second === undefined)
    return { invalid: 'has credentials that are not percent-encoded UTF-8' };
  if (first === '') return { invalid: colon < 0 ? 'has an empty token before the @' : 'has an empty user name' };
  return colon < 0 ? { kind: 'token', token: first } : { kind: 'user', user: first, pass: second };
}

export function parseServer(text: string): string | InvalidNatsUrl {
  const server = parseHostPort(text, DEFAULT_PORT);
  return 'invalid' in server ? server : formatHostPort(server);
}

function ordinal(index: number): string {
  return `(URL ${index + 1}) `;
}
