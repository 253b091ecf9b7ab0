import type { SettingsGroup } from '../common/settings-group.ts';
import type { SettingsReader } from '../common/settings-reader.ts';
import type { Variable } from '../common/variable.ts';
import { type NatsFiles, readNatsFiles } from './nats-files.ts';
import { type NatsAddress, parseNatsUrl } from './nats-url.ts';

export interface NatsSettings {
  readonly address: NatsAddress;
  readonly files: NatsFiles;
  /** The name of the stream that is created if there is none. */
  readonly stream: string;
  /** How many nodes of a cluster keep it. */
  readonly replicas: number;
}

const VARIABLES = {
  url: {
    name: 'NATS_URL',
    default: 'nats://127.0.0.1:4222',
    meaning:
      'One or several URLs of NATS, separated by commas: `nats://` or `tls://`, with `token@` or `user:password@` (percent-encoded) if it requires them.',
    secret: true,
    shown: (text) => {
      const address = parseNatsUrl(text);
      return 'invalid' in address ? '' : address.redacted;
    },
  },
  credsFile: {
    name: 'NATS_CREDS_FILE',
    meaning:
      'Credentials for NATS as `nsc` writes them, a JWT and its seed, instead of those in the URL. Read again for each connection, like the files below.',
  },
  caFile: {
    name: 'NATS_CA_FILE',
    meaning:
      'The authorities (PEM) for the certificates of NATS, instead of the public ones. With it, a connection without TLS is refused, as with `tls://`.',
  },
  certFile: {
    name: 'NATS_CERT_FILE',
    meaning:
      'The certificate chain (PEM) that is presented to NATS. With it, a connection without TLS is refused, too.',
  },
  keyFile: { name: 'NATS_KEY_FILE', meaning: 'The key (PEM) of that certificate.' },
  stream: {
    name: 'NATS_STREAM',
    default: 'environments-stream',
    meaning: 'The name of the JetStream stream that is created if none covers `flagsmith.environment.>`.',
  },
  replicas: {
    name: 'NATS_REPLICAS',
    default: '1',
    meaning: 'On how many nodes of a NATS cluster that stream is kept.',
  },
} as const satisfies Readonly<Record<string, Variable>>;

export const NATS_SETTINGS: SettingsGroup<NatsSettings> = {
  variables: Object.values(VARIABLES),
  read: (reader) => {
    const address = readAddress(reader);
    return {
      address,
      files: readFiles(reader, address),
      stream: readStreamName(reader),
      replicas: reader.integer(VARIABLES.replicas, 1, 5),
    };
  },
};

function readAddress(reader: SettingsReader): NatsAddress {
  const address = parseNatsUrl(reader.text(VARIABLES.url));
  if (!('invalid' in address)) return address;
  reader.problem(VARIABLES.url, address.invalid);
  return { servers: [], tls: false, credentials: undefined, redacted: '' };
}

function readFiles(reader: SettingsReader, { credentials }: NatsAddress): NatsFiles {
  const { credsFile, caFile, certFile, keyFile } = VARIABLES;
  const files: NatsFiles = Object.fromEntries<string>(
    [credsFile, caFile, certFile, keyFile]
      .map((variable) => [variable.name, reader.text(variable)] as const)
      .filter(([, path]) => path !== ''),
  );
  for (const [variable, other] of [
    [certFile, keyFile],
    [keyFile, certFile],
  ] as const)
    if (files[variable.name] === undefined && files[other.name] !== undefined)
      reader.problem(variable, `is required with ${other.name}`);
  if (files.NATS_CREDS_FILE !== undefined && credentials !== undefined)
    reader.problem(credsFile, 'and credentials in NATS_URL are both set: remove one of them');
  const held = readNatsFiles(files);
  if ('invalid' in held) for (const mistake of held.invalid) reader.problem(mistake, mistake.what);
  return files;
}

function readStreamName(reader: SettingsReader): string {
  const name = reader.text(VARIABLES.stream);
  // NATS forbids these characters in the name of a stream, and uses the name as a file name.
  if (!/^[^\s.*>/\\\p{Cc}]{1,200}$/u.test(name))
    reader.problem(VARIABLES.stream, 'must be 1 to 200 characters other than blanks and . * > / \\');
  return name;
}
