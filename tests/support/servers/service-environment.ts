import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Config, readConfig, VARIABLES } from '../../../infrastructure/config.ts';
import { fileVariable } from '../../../infrastructure/secret-files.ts';
import { makeCertificate } from './certificate.ts';

const URLS: Readonly<Record<string, string>> = {
  NATS_URL: 'nats://nats:4222',
  POSTGRES_URL: 'postgres://flagsmith:secret@postgres:5432/flagsmith',
};

/** Reads an environment of a manifest as the service would, with a secret or a certificate in place of each file. */
export function effective(environment: Record<string, string>): Config {
  const names: readonly string[] = VARIABLES.flatMap(({ name, secret = false }) =>
    secret ? [name, fileVariable(name)] : [name],
  );
  const unknown = Object.keys(environment).filter((name) => !names.includes(name));
  if (unknown.length > 0) throw new Error(`the service has no variable ${unknown.join(', ')}`);
  const dir = mkdtempSync(join(tmpdir(), 'halyard-secrets-'));
  try {
    const { cert, key } = makeCertificate();
    const files: Readonly<Record<string, string>> = { TLS_CERT_FILE: cert, TLS_KEY_FILE: key };
    const given = Object.entries(environment).map(([name, value]) => {
      const file = join(dir, name);
      const text = files[name];
      if (text !== undefined) {
        writeFileSync(file, text);
        return [name, file];
      }
      const secret = VARIABLES.find((variable) => variable.secret === true && fileVariable(variable.name) === name);
      if (secret === undefined) return [name, value];
      writeFileSync(file, URLS[secret.name] ?? 'token');
      return [name, file];
    });
    return readConfig(Object.fromEntries(given) as Record<string, string>, 65_536);
  } finally {
    rmSync(dir, { recursive: true });
  }
}
