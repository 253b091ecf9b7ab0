import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { POSTGRES_SETTINGS } from '../../../adapters/postgres/postgres-settings.ts';
import { SettingsReader } from '../../../adapters/common/settings-reader.ts';
import { type ConfigError, readConfig } from '../../../infrastructure/config.ts';
import { makeCertificate } from '../../support/servers/certificate.ts';

const URL = 'postgres://me@db/flags';

function read(environment: Record<string, string>) {
  const problems: string[] = [];
  return { settings: POSTGRES_SETTINGS.read(new SettingsReader(environment, problems)), problems };
}

describe('the settings of PostgreSQL', () => {
  let folder: string;
  before(() => void (folder = mkdtempSync(join(tmpdir(), 'halyard-postgres-settings-'))));
  after(() => rmSync(folder, { recursive: true }));

  function put(name: string, content: string): string {
    const path = join(folder, name);
    writeFileSync(path, content);
    return path;
  }

  /** The problems that the service would report. */
  function problems(environment: Record<string, string>): readonly string[] {
    try {
      readConfig({ SSE_AUTHENTICATION_TOKEN: 'x', UPDATE_LOG: 'postgres', ...environment });
      return [];
    } catch (error) {
      return (error as ConfigError).problems;
    }
  }

  it('need only a URL', () => {
    const { settings, problems: mistakes } = read({ POSTGRES_URL: URL });
    expect(mistakes).to.deep.equal([]);
    expect(settings).to.deep.nested.include({ schema: 'halyard', 'address.password': undefined });
    expect(problems({})).to.deep.equal(['POSTGRES_URL is required']);
  });

  it('are ignored with another log', () => {
    expect(problems({ UPDATE_LOG: 'memory', POSTGRES_URL: 'nonsense' })).to.deep.equal([]);
  });

  it('read the URL, or only the password, from a file', () => {
    const file = put('password', 'hid:den\n');
    const config = readConfig({
      SSE_AUTHENTICATION_TOKEN: 'x',
      UPDATE_LOG: 'postgres',
      POSTGRES_URL_FILE: put('url', `${URL}?sslmode=disable\n`),
      POSTGRES_PASSWORD_FILE: file,
    });
    expect(config.log.settings).to.deep.nested.include({
      'address.password': 'hid:den',
      'address.tls.mode': 'disable',
    });
    expect(config.shown).to.include({
      POSTGRES_URL: 'postgres://***@db:5432/flags?sslmode=disable',
      POSTGRES_PASSWORD: '(set by file)',
    });
  });

  it('show no secret', () => {
    const secret = 'postgres://me:zebra@db/flags';
    const config = readConfig({ SSE_AUTHENTICATION_TOKEN: 'x', UPDATE_LOG: 'postgres', POSTGRES_URL: secret });
    expect(JSON.stringify(config.shown)).not.to.include('zebra').and.not.to.include('me:');
    for (const environment of [
      { POSTGRES_URL: secret, POSTGRES_PASSWORD: 'zebra' },
      { POSTGRES_URL: 'postgres://me:zeb/ra@db' },
      { POSTGRES_URL: 'me:zebra@db' },
    ])
      expect(problems(environment).join())
        .to.match(/^POSTGRES_/)
        .and.not.to.match(/zeb/);
  });

  it('refuse two passwords', () => {
    expect(problems({ POSTGRES_URL: 'postgres://me:a@db', POSTGRES_PASSWORD: 'b' })).to.deep.equal([
      'POSTGRES_PASSWORD and a password in POSTGRES_URL are both set: remove one of them',
    ]);
  });

  it('refuse a schema name that PostgreSQL would cut, fold or reserve', () => {
    for (const POSTGRES_SCHEMA of ['a'.repeat(49), 'Flags', 'a-b', '1a', 'pg_flags', 'a"b'])
      expect(problems({ POSTGRES_URL: URL, POSTGRES_SCHEMA }), POSTGRES_SCHEMA).to.have.length(1);
    for (const POSTGRES_SCHEMA of ['a'.repeat(48), 'public', '_a1', 'user'])
      expect(problems({ POSTGRES_URL: URL, POSTGRES_SCHEMA }), POSTGRES_SCHEMA).to.deep.equal([]);
  });

  it('refuse files that cannot be used for TLS', () => {
    const [authority, other] = [makeCertificate(), makeCertificate()];
    const me = makeCertificate({ issuer: authority });
    const [ca, cert, key] = [put('ca', authority.cert), put('cert', me.cert), put('key', me.key)];
    const withFiles = (parameters: Record<string, string>): readonly string[] =>
      problems({ POSTGRES_URL: `${URL}?${new URLSearchParams(parameters).toString()}` });
    expect(withFiles({ sslrootcert: ca, sslcert: cert, sslkey: key })).to.deep.equal([]);
    expect(withFiles({ sslrootcert: join(folder, 'none') })).to.deep.equal([
      `POSTGRES_URL has an sslrootcert that cannot be read (ENOENT): ${join(folder, 'none')}`,
    ]);
    expect(withFiles({ sslrootcert: key }).join()).to.include('sslrootcert that holds no PEM certificate');
    expect(withFiles({ sslcert: cert, sslkey: cert }).join()).to.include('sslkey that does not hold a PEM key');
    expect(withFiles({ sslcert: cert, sslkey: put('other', other.key) })).to.deep.equal([
      `POSTGRES_URL has an sslkey that holds a key that does not match sslcert: ${join(folder, 'other')}`,
    ]);
  });
});
