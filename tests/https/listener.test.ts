import { expect } from 'chai';
import fc from 'fast-check';
import { generateKeyPairSync, type KeyPairKeyObjectResult } from 'node:crypto';
import { connect } from 'node:tls';
import { sampleOf } from '../support/documents/metrics-text.ts';
import { connectHttp2 } from '../support/clients/http2-client.ts';
import { RawClient } from '../support/clients/raw-client.ts';
import { StreamClient } from '../support/clients/stream-client.ts';
import { eventually } from '../support/eventually.ts';
import { makeCertificate } from '../support/servers/certificate.ts';
import { CertificateFiles } from '../support/servers/certificate-files.ts';
import { startService } from '../support/servers/running-service.ts';
import { ServiceProcess } from '../support/servers/service-process.ts';
import { TLS_TRANSPORTS } from '../support/servers/transports.ts';

const KEYS: Readonly<Record<string, KeyPairKeyObjectResult>> = {
  'RSA-2048': generateKeyPairSync('rsa', { modulusLength: 2048 }),
  'P-256': generateKeyPairSync('ec', { namedCurve: 'P-256' }),
  'P-384': generateKeyPairSync('ec', { namedCurve: 'P-384' }),
  'P-521': generateKeyPairSync('ec', { namedCurve: 'P-521' }),
  Ed25519: generateKeyPairSync('ed25519'),
};
const FORWARD_SECRET = ['AES128-GCM-SHA256', 'AES256-GCM-SHA384', 'CHACHA20-POLY1305'];

for (const { name, environment } of TLS_TRANSPORTS)
  describe(`TLS_LISTEN_ADDR on ${name}`, () => {
    for (const [kind, keys] of Object.entries(KEYS))
      it(`shows a whole chain, and finishes the handshake, with a key of ${kind}`, async () => {
        const root = makeCertificate({ commonName: 'root' });
        const leaf = makeCertificate({ keys, issuer: root });
        const files = await CertificateFiles.make();
        await files.put({ cert: leaf.cert + root.cert, key: leaf.key });
        const { certFile: TLS_CERT_FILE, keyFile: TLS_KEY_FILE } = files;
        const service = await startService({ ...environment, TLS_CERT_FILE, TLS_KEY_FILE });
        try {
          const where = { port: service.ports[1] ?? 0, host: '127.0.0.1', servername: 'localhost', ca: root.cert };
          const suite = (ciphers: string): Promise<string> =>
            new Promise((resolve) => {
              const socket = connect({ ...where, ciphers, maxVersion: 'TLSv1.2' }, () => {
                resolve(socket.authorized ? socket.getCipher().name : 'not trusted');
                socket.destroy();
              });
              socket.on('error', () => resolve('refused'));
            });
          const algorithm = kind.startsWith('RSA') ? 'RSA' : 'ECDSA';
          for (const each of FORWARD_SECRET.map((end) => `ECDHE-${algorithm}-${end}`))
            expect(await suite(each)).to.equal(each);
          expect(await suite('DEFAULT@SECLEVEL=0:!ECDHE'), 'without forward secrecy').to.equal('refused');
        } finally {
          await service.stop();
          await files.remove();
        }
      });

    it('counts streams by the address of the client', async () => {
      const service = await startService({ ...environment, MAX_STREAMS_PER_ADDRESS: '1' });
      const refused = 'halyard_streams_refused_total{reason="address"}';
      const clients: RawClient[] = [];
      try {
        for (const from of ['127.0.0.1', '127.0.0.1', '127.0.0.2']) {
          const client = await RawClient.connect(service.ports[1] ?? 0, '127.0.0.1', { from, tls: {} });
          clients.push(client);
          client.send('GET /sse/environments/abc/stream HTTP/1.1\r\nHost: a\r\n\r\n');
        }
        await eventually('two to be open', () => service.subscribers === 2);
        const metrics = async (): Promise<string> => (await fetch(service.url('/metricsz'))).text();
        await eventually('one to be refused', async () => sampleOf(await metrics(), refused) === 1);
        expect(clients[1]?.text).to.equal('');
      } finally {
        for (const client of clients) client.destroy();
        await service.stop();
      }
    });

    it('answers clients, and nothing internal if there is a listener for that', async () => {
      const service = await startService({ ...environment, INTERNAL_LISTEN_ADDR: '127.0.0.1:0', WEBHOOK_SECRET: 's' });
      try {
        const status = async (path: string, method = 'GET'): Promise<number> =>
          (await fetch(service.url(path), { method })).status;
        for (const path of ['/metricsz', '/debug/environments/abc', '/sse/environments/abc/queue-change'])
          expect(await status(path, path.endsWith('change') ? 'POST' : 'GET'), path).to.equal(404);
        expect(await status('/livez')).to.equal(200);
        expect(await status('/webhooks/flagsmith', 'POST')).to.equal(401);
        const stream = await StreamClient.open(service.port, 'abc');
        expect(stream.status).to.equal(200);
        stream.close();
      } finally {
        await service.stop();
      }
    });

    it('works beside the other listeners, and reports when their certificate expires', async () => {
      const service = await startService({ ...environment, HTTP2_LISTEN_ADDR: '127.0.0.1:0' });
      try {
        expect(service.ports).to.have.length(3);
        const [plain = 0, tls = 0, http2 = 0] = service.ports;
        const session = await connectHttp2(`https://127.0.0.1:${http2}`);
        expect(session.alpnProtocol).to.equal('h2');
        session.destroy();
        for (const [port, options] of [
          [plain, {}],
          [tls, { tls: {} }],
          [http2, { tls: {} }],
        ] as const) {
          const client = await RawClient.connect(port, '127.0.0.1', options);
          const stream = await StreamClient.on(client, 'abc');
          expect(stream.status).to.equal(200);
          stream.close();
        }
        const old = { maxVersion: 'TLSv1.2', ciphers: 'DEFAULT@SECLEVEL=0:!AESGCM:!CHACHA20' } as const;
        const refused = await RawClient.connect(http2, '127.0.0.1', { tls: old }).catch(() => 'refused');
        expect(refused).to.equal('refused');
        const page = await (await fetch(`http://127.0.0.1:${plain}/metricsz`)).text();
        const ends = sampleOf(page, 'halyard_certificate_not_after_seconds') ?? 0;
        expect((ends - Date.now() / 1000) / 86_400).to.be.within(29, 30);
      } finally {
        await service.stop();
      }
    });
  });

describe('Bytes that are no TLS, on uWebSockets.js with TLS', () => {
  const noise = fc.uint8Array({ minLength: 1, maxLength: 3000 });
  /** With the head of a record: its type, a version, and a length that may be another. */
  const record = fc
    .tuple(fc.integer({ min: 19, max: 25 }), fc.nat(4), fc.nat(20_000), noise)
    .map(([type, version, length, content]) => [type, 3, version, length >> 8, length & 255, ...content]);
  const nonsense = fc.array(fc.oneof(noise, record), { minLength: 1, maxLength: 3 });

  it('end their connection, and nothing else', async () => {
    const service = await ServiceProcess.start(TLS_TRANSPORTS[0].environment);
    const port = service.ports[1] ?? 0;
    const stream = await StreamClient.on(await RawClient.connect(port, '127.0.0.1', { tls: {} }), 'abc');
    try {
      await fc.assert(
        fc.asyncProperty(nonsense, fc.boolean(), async (parts, isCut) => {
          const client = await RawClient.connect(port);
          await client.sent(Buffer.concat(parts.map((part) => Buffer.from(part))));
          if (isCut) return void client.reset();
          // What may be the beginning of a record ends with the client.
          client.end();
          await client.closed();
          expect(client.text).not.to.include('HTTP/1.1');
        }),
        { numRuns: 300 },
      );
      const served = await StreamClient.on(await RawClient.connect(port, '127.0.0.1', { tls: {} }), 'abc');
      expect([served.status, stream.raw.ending]).to.deep.equal([200, 'open']);
      served.close();
    } finally {
      stream.close();
      await service.kill();
    }
  });
});
