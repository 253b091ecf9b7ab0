import type { SettingsGroup } from '../common/settings-group.ts';
import type { SettingsReader } from '../common/settings-reader.ts';
import type { Variable } from '../common/variable.ts';
import { readTlsFiles } from './postgres-tls.ts';
import { parsePostgresUrl, type PostgresAddress } from './postgres-url.ts';

export interface PostgresSettings {
  readonly address: PostgresAddress;
  /** The schema of the table `update_log`. */
  readonly schema: string;
}

const VARIABLES = {
  url: {
    name: 'POSTGRES_URL',
    meaning:
      'The database as libpq writes it: `postgres://user:password@host:port/database`, percent-encoded. Several `host:port`, separated by commas: the first that can be written to is used. TLS by `?sslmode=`, `sslrootcert=`, `sslcert=`, `sslkey=`, whose files are read again for each connection. Required with `UPDATE_LOG=postgres`.',
    secret: true,
    shown: (text) => {
      const address = parsePostgresUrl(text);
      return 'invalid' in address ? '' : address.redacted;
    },
  },
  password: {
    name: 'POSTGRES_PASSWORD',
    meaning: 'The password, if it is not in the URL.',
    secret: true,
  },
  schema: {
    name: 'POSTGRES_SCHEMA',
    default: 'halyard',
    meaning: 'The schema of the table `update_log`. Both are created if missing.',
  },
} as const satisfies Readonly<Record<string, Variable>>;

export const POSTGRES_SETTINGS: SettingsGroup<PostgresSettings> = {
  variables: Object.values(VARIABLES),
  read: (reader) => ({ address: readAddress(reader), schema: readSchema(reader) }),
};

function readAddress(reader: SettingsReader): PostgresAddress {
  const address = parsePostgresUrl(reader.text(VARIABLES.url));
  if ('invalid' in address) {
    reader.problem(VARIABLES.url, address.invalid);
    const tls = { mode: 'disable', rootCert: undefined, cert: undefined, key: undefined } as const;
    return { hosts: [], database: '', user: '', password: undefined, tls, redacted: '' };
  }
  const files = readTlsFiles(address.tls);
  if ('invalid' in files) for (const mistake of files.invalid) reader.problem(VARIABLES.url, mistake);
  const password = reader.text(VARIABLES.password);
  if (password === '') return address;
  if (address.password !== undefined)
    reader.problem(VARIABLES.password, 'and a password in POSTGRES_URL are both set: remove one of them');
  return { ...address, password };
}

function readSchema(reader: SettingsReader): string {
  const schema = reader.text(VARIABLES.schema);
  // A channel is named after it, and PostgreSQL cuts names after 63 bytes; names that begin with pg_ are its own.
  if (!/^(?!pg_)[a-z_][a-z0-9_]{0,47}$/.test(schema))
    reader.problem(VARIABLES.schema, 'must be 1 to 48 characters of a-z 0-9 _ and must not begin with a digit or pg_');
  return schema;
}
