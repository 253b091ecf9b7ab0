import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Config, readConfig, VARIABLES } from '../../../infrastructure/config.ts';
import { fileVariable } from '../../../infrastructure/secret-files.ts';

const URLS: Readonly<Record<string, string>> = {
  NATS_URL: 'nats://nats:4222',
  POSTGRES_URL: 'postgres://flagsmith:secret@postgres:5432/flagsmith',
};

/** Reads an environment of a manifest as the service would, with a secret in place of each file of one. */
export function effective(environment: Record<string, string>): Config {
  const names: readonly string[] = VARIABLES.flatMap(({ name, secret = false }) =>
    secret ? [name, fileVariable(name)] : [name],
  );
  const unknown = Object.keys(environment).filter((name) => !names.includes(name));
  if (unknown.length > 0) throw new Error(`the service knows no ${unknown.join(', ')}`);
  const dir = mkdtempSync(join(tmpdir(), 'halyard-secrets-'));
  try {
    const given = Object.entries(environment).map(([name, value]) => {
      const secret = VARIABLES.find((variable) => variable.secret === true && fileVariable(variable.name) === name);
      if (secret === undefined) return [name, value];
      const path = join(dir, name);
      writeFileSync(path, URLS[secret.name] ?? 'token');
      return [name, path];
    });
    return readConfig(Object.fromEntries(given) as Record<string, string>, 65_536);
  } finally {
    rmSync(dir, { recursive: true });
  }
}
