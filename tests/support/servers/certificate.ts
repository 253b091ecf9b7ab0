import { generateKeyPairSync, type KeyPairKeyObjectResult, randomBytes, sign } from 'node:crypto';

/** A certificate and its key; both are PEM. */
export interface Certificate {
  readonly commonName: string;
  readonly cert: string;
  readonly key: string;
}

interface CertificateOptions {
  readonly commonName?: string;
  readonly names?: readonly string[];
  /** IPv4. */
  readonly addresses?: readonly string[];
  /** The authority that signs it; without one it signs itself, and is an authority. */
  readonly issuer?: Certificate;
  /** How many days from now it is valid; it begins a day ago, or a day before its end. */
  readonly validDays?: number;
  /** Its own keys; without an issuer of P-256, as which it signs. */
  readonly keys?: KeyPairKeyObjectResult;
}

/** Makes one, without a tool that the machine may lack: a certificate is a handful of nested DER values. */
export function makeCertificate(options: CertificateOptions = {}): Certificate {
  const { commonName = 'localhost', names = ['localhost'], addresses = ['127.0.0.1'], issuer } = options;
  const { validDays = 30 } = options;
  const { publicKey, privateKey } = options.keys ?? generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const ecdsaWithSha256 = der(0x30, der(0x06, Buffer.from('2a8648ce3d040302', 'hex')));
  const dayMs = 86_400_000;
  const endMs = Date.now() + validDays * dayMs;
  const validity = der(0x30, utcTime(Math.min(Date.now(), endMs) - dayMs), utcTime(endMs));
  const alternatives = [
    ...names.map((name) => der(0x82, Buffer.from(name))),
    ...addresses.map((address) => der(0x87, Buffer.from(address.split('.').map(Number)))),
  ];
  const extensions = [extension('551d11', der(0x30, ...alternatives))];
  // Marked as an authority: some clients trust no other certificate, even if configured to.
  if (issuer === undefined) extensions.push(extension('551d13', der(0x30, der(0x01, Buffer.from([0xff])))));
  const body = der(
    0x30,
    der(0xa0, der(0x02, Buffer.from([2]))),
    der(0x02, Buffer.concat([Buffer.from([1]), randomBytes(8)])),
    ecdsaWithSha256,
    distinguished(issuer?.commonName ?? commonName),
    validity,
    distinguished(commonName),
    publicKey.export({ type: 'spki', format: 'der' }),
    der(0xa3, der(0x30, ...extensions)),
  );
  const signature = der(0x03, Buffer.from([0]), sign('sha256', body, issuer?.key ?? privateKey));
  const cert = der(0x30, body, ecdsaWithSha256, signature).toString('base64');
  return {
    commonName,
    cert: `-----BEGIN CERTIFICATE-----\n${cert.match(/.{1,64}/g)?.join('\n')}\n-----END CERTIFICATE-----\n`,
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  };
}

function distinguished(commonName: string): Buffer {
  const attribute = der(0x30, der(0x06, Buffer.from('550403', 'hex')), der(0x0c, Buffer.from(commonName)));
  return der(0x30, der(0x31, attribute));
}

function extension(id: string, value: Buffer): Buffer {
  return der(0x30, der(0x06, Buffer.from(id, 'hex')), der(0x04, value));
}

/** One value: its tag, its length, and what it holds. */
function der(tag: number, ...parts: readonly Buffer[]): Buffer {
  const content = Buffer.concat(parts);
  const { length } = content;
  const head =
    length < 0x80 ? [tag, length] : length < 0x100 ? [tag, 0x81, length] : [tag, 0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from(head), content]);
}

function utcTime(epochMs: number): Buffer {
  return der(0x17, Buffer.from(new Date(epochMs).toISOString().replace(/^..|[-:T]|\..*$/g, '') + 'Z'));
}
