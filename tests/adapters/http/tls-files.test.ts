import { expect } from 'chai';
import { generateKeyPairSync, type KeyPairKeyObjectResult } from 'node:crypto';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { readTlsFiles, type TlsFileMistake, type TlsPair } from '../../../adapters/http/tls-files.ts';
import { type Certificate, makeCertificate } from '../../support/servers/certificate.ts';
import { CertificateFiles } from '../../support/servers/certificate-files.ts';

type Read = TlsPair | { readonly invalid: readonly TlsFileMistake[] };

describe('The files of a certificate and its key', () => {
  let files: CertificateFiles;
  beforeEach(async () => void (files = await CertificateFiles.make()));
  afterEach(() => files.remove());

  const own = makeCertificate();
  const root = makeCertificate({ commonName: 'root' });
  const issuer = makeCertificate({ commonName: 'issuer', issuer: root });
  const leaf = makeCertificate({ commonName: 'leaf', issuer });

  async function read(cert: string, key: string): Promise<Read> {
    await files.put({ cert, key });
    return readTlsFiles(files);
  }

  async function mistakes(cert: string, key: string): Promise<readonly string[]> {
    const found = await read(cert, key);
    return 'invalid' in found ? found.invalid.map(({ name, what }) => `${name} ${what}`) : [];
  }

  const ofCert = (wrong: string): readonly string[] => [`TLS_CERT_FILE ${wrong}: ${files.certFile}`];
  const ofKey = (wrong: string): readonly string[] => [`TLS_KEY_FILE ${wrong}: ${files.keyFile}`];

  it('are read whole, with what the certificate says of itself', async () => {
    const chain = leaf.cert + issuer.cert;
    const pair = await read(chain, leaf.key);
    if ('invalid' in pair) throw new Error(JSON.stringify(pair));
    expect(pair).to.include({ cert: chain, key: leaf.key, subject: 'CN=leaf' });
    const days = (ms: number): number => Math.round((ms - Date.now()) / 86_400_000);
    expect([days(pair.notBeforeMs), days(pair.notAfterMs)]).to.deep.equal([-1, 30]);
  });

  it('may have words around them, and line ends of any kind', async () => {
    const text = `subject=leaf\r\n${leaf.cert.replaceAll('\n', '\r\n')}and its issuer\n${issuer.cert}`;
    expect(await mistakes(text, leaf.key)).to.deep.equal([]);
  });

  it('are refused each by its name, both at once', async () => {
    await rm(files.certFile);
    await rm(files.keyFile);
    await mkdir(files.keyFile);
    const found = readTlsFiles(files);
    expect('invalid' in found && found.invalid).to.deep.equal([
      { name: 'TLS_CERT_FILE', what: `cannot be read (ENOENT): ${files.certFile}` },
      { name: 'TLS_KEY_FILE', what: `is not a file: ${files.keyFile}` },
    ]);
    await rm(files.keyFile, { recursive: true });
    expect(await mistakes('', '')).to.deep.equal([...ofCert('holds no PEM certificate'), ...ofKey('holds no PEM key')]);
  });

  it('are refused when they are too long to be what they should be', async () => {
    await writeFile(files.certFile, ' '.repeat((1 << 20) + 1));
    const found = readTlsFiles(files);
    expect('invalid' in found && found.invalid.map(({ what }) => what)).to.deep.equal([
      `is larger than 1 MiB: ${files.certFile}`,
    ]);
  });

  it('are refused when the key is of another certificate, or of one further down in the chain', async () => {
    expect(await mistakes(own.cert, leaf.key)).to.deep.equal(ofKey('holds a key that does not match TLS_CERT_FILE'));
    expect(await mistakes(issuer.cert + leaf.cert, leaf.key)).to.deep.equal(
      ofCert('must begin with the certificate of TLS_KEY_FILE, which is number 2 in it'),
    );
  });

  it('are refused when the chain is out of order, incomplete, or cannot be read to its end', async () => {
    expect(await mistakes(leaf.cert + issuer.cert + root.cert, leaf.key)).to.deep.equal([]);
    expect(await mistakes(leaf.cert + root.cert, leaf.key)).to.deep.equal(
      ofCert('is out of order or incomplete: certificate 2 did not issue certificate 1'),
    );
    expect(await mistakes(leaf.cert + issuer.cert + own.cert, leaf.key)).to.deep.equal(
      ofCert('is out of order or incomplete: certificate 3 did not issue certificate 2'),
    );
    // Another authority of the same name.
    const namesake = makeCertificate({ commonName: 'issuer', issuer: root });
    expect(await mistakes(leaf.cert + namesake.cert, leaf.key)).to.deep.equal(
      ofCert('is out of order or incomplete: certificate 2 did not issue certificate 1'),
    );
    const broken = issuer.cert.replace(/\n.{20}/, '\nAAAAAAAAAAAAAAAAAAAA');
    expect(await mistakes(leaf.cert + broken, leaf.key)).to.deep.equal(
      ofCert('holds a certificate that cannot be read, number 2'),
    );
  });

  it('are refused when one is truncated', async () => {
    const [half, keyHalf] = [leaf.cert.slice(0, 300), leaf.key.slice(0, 100)];
    expect(await mistakes(half, keyHalf)).to.deep.equal([
      ...ofCert('holds a certificate that cannot be read, number 1'),
      ...ofKey('holds no PEM key'),
    ]);
    expect(await mistakes(leaf.cert + half, leaf.key)).to.deep.equal(
      ofCert('holds a certificate that cannot be read, number 2'),
    );
  });

  it('are refused when the key has a password', async () => {
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const key = privateKey.export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'p' });
    expect(await mistakes(own.cert, key.toString())).to.deep.equal(ofKey('must not have a password'));
  });

  const certify = (keys: KeyPairKeyObjectResult): Certificate => makeCertificate({ keys, issuer: root });

  for (const [kind, keys] of [
    ['P-224', generateKeyPairSync('ec', { namedCurve: 'secp224r1' })],
    ['secp256k1', generateKeyPairSync('ec', { namedCurve: 'secp256k1' })],
    ['Ed448', generateKeyPairSync('ed448')],
    ['RSA-PSS', generateKeyPairSync('rsa-pss', { modulusLength: 2048 })],
  ] as const)
    it(`are refused with a key that the addon cannot serve: ${kind}`, async () => {
      const { cert, key } = certify(keys);
      expect(await mistakes(cert, key)).to.deep.equal(
        ofKey('holds an unsupported kind of key: expected RSA, P-256, P-384, P-521 or Ed25519'),
      );
    });

  it('never reveal their contents', async () => {
    for (const [cert, key] of [
      [leaf.key, leaf.cert],
      [own.cert, leaf.key],
      [leaf.cert.slice(0, 300), leaf.key.slice(0, 100)],
    ] as const)
      expect((await mistakes(cert, key)).join()).not.to.match(/BEGIN|MII|MIG/);
  });
});
