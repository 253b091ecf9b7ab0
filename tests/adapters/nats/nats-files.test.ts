import { expect } from 'chai';
import { createPrivateKey, generateKeyPairSync } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { nkeys } from '@nats-io/transport-node';
import { type NatsFiles, type NatsFileVariable, readNatsFiles } from '../../../adapters/nats/nats-files.ts';
import { NatsIdentityFiles } from '../../support/servers/nats-identity-files.ts';
import { NatsOperator } from '../../support/servers/nats-operator.ts';

describe('the files for NATS', () => {
  let files: NatsIdentityFiles;
  beforeEach(() => void (files = new NatsIdentityFiles()));
  afterEach(() => files.close());

  function held(named: NatsFiles) {
    const identity = readNatsFiles(named);
    if ('invalid' in identity) throw new Error(JSON.stringify(identity.invalid));
    return identity;
  }

  /** The mistake with one file, without its path. */
  function mistake(name: NatsFileVariable, path: string, others: NatsFiles = {}): string {
    const identity = readNatsFiles({ ...others, [name]: path });
    expect(identity).to.have.property('invalid').with.length(1);
    const [found] = 'invalid' in identity ? identity.invalid : [];
    expect(found?.name).to.equal(name);
    const [what = '', ...rest] = found?.what.split(`: ${path}`) ?? [];
    expect(rest).to.deep.equal(['']);
    return what;
  }

  const read = (name: string) => readFileSync(files.path(name), 'utf8');

  it('set neither TLS nor credentials if none are named', () => {
    expect(held({})).to.deep.equal({ tls: undefined, authenticator: undefined });
  });

  it('hold one authority or several, and a pair', () => {
    const both = read('ca.crt') + read('server.crt');
    files.put('both.crt', `Words between.\n${both}`);
    const { tls } = held({ NATS_CA_FILE: files.path('both.crt'), ...files.client });
    expect(tls?.ca).to.include(both);
    expect(tls).to.include({ cert: read('client.crt'), key: read('client.key') });
  });

  it('hold credentials with any kind of line ends', () => {
    const creds = new NatsOperator().credentials();
    for (const text of [creds, creds.trimEnd(), creds.replaceAll('\n', '\r\n')]) {
      const shown = held({ NATS_CREDS_FILE: files.put('me', text) }).authenticator?.('nonce');
      expect(shown).to.have.property('jwt', creds.split('\n')[1]);
      expect(shown).to.have.property('sig').with.length.greaterThan(40);
    }
  });

  const names: readonly NatsFileVariable[] = ['NATS_CA_FILE', 'NATS_CERT_FILE', 'NATS_KEY_FILE', 'NATS_CREDS_FILE'];
  for (const name of names) {
    it(`report when ${name} is missing, not a file, too long, empty or something else`, () => {
      expect(mistake(name, files.path('none'))).to.equal('cannot be read (ENOENT)');
      expect(mistake(name, files.path('.'))).to.equal('is not a file');
      expect(mistake(name, '/dev/zero')).to.equal('is not a file');
      expect(mistake(name, files.put('long', 'x'.repeat(2 << 20)))).to.equal('is larger than 1 MiB');
      for (const text of ['', 'noise', '-----BEGIN CERTIFICATE-----\nnoise\n-----END CERTIFICATE-----\n'])
        expect(mistake(name, files.put('wrong', text))).to.match(/^(holds no|does not hold) /);
    });
  }

  it('report when one authority of several cannot be read', () => {
    const broken = read('ca.crt') + read('ca.crt').replace(/M[A-Za-z]/, '**');
    expect(mistake('NATS_CA_FILE', files.put('broken', broken))).to.match(/cannot be read/);
  });

  it('report when a key belongs to another certificate, or has a password', () => {
    const { NATS_CERT_FILE } = files.client;
    expect(mistake('NATS_KEY_FILE', files.path('server.key'), { NATS_CERT_FILE })).to.match(
      /does not match NATS_CERT_FILE/,
    );
    const locked = createPrivateKey(read('client.key')).export({
      type: 'pkcs8',
      format: 'pem',
      cipher: 'aes-256-cbc',
      passphrase: 'hidden',
    });
    expect(mistake('NATS_KEY_FILE', files.put('locked', locked.toString()))).to.match(/without a password/);
    const { publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const open = publicKey.export({ type: 'spki', format: 'pem' }).toString();
    expect(mistake('NATS_KEY_FILE', files.put('public', open))).to.match(/does not hold a PEM key/);
  });

  it('report when credentials lack a part, or the seed belongs to another user, and repeat no part of them', () => {
    const operator = new NatsOperator();
    const lines = operator.credentials().split('\n');
    const [jwt = '', seed = ''] = [lines[1], lines[8]];
    const without = (line: string) => lines.filter((other) => other !== line).join('\n');
    const wrong = [
      without(jwt),
      without(seed),
      lines.join('\n').replace(jwt, 'not.a.jwt'),
      lines.join('\n').replace(seed, `SU${'A'.repeat(56)}`),
    ];
    for (const text of wrong)
      expect(mistake('NATS_CREDS_FILE', files.put('me', text))).to.match(/^does not hold credentials/);
    const others = operator.credentials({ seedOf: nkeys.createUser() });
    const said = mistake('NATS_CREDS_FILE', files.put('me', others));
    expect(said).to.equal('holds a seed that does not match its JWT');
  });
});
