import { expect } from 'chai';
import { connect, type ConnectionOptions, type TLSSocket } from 'node:tls';
import { RawClient } from '../support/clients/raw-client.ts';
import { eventually } from '../support/eventually.ts';
import { type RunningService, startService } from '../support/servers/running-service.ts';
import { TLS_TRANSPORTS } from '../support/servers/transports.ts';

const GET = 'GET /livez HTTP/1.1\r\nHost: a\r\n\r\n';
/** By default OpenSSL excludes what is this old. */
const ANY_STRENGTH = 'DEFAULT@SECLEVEL=0';

for (const { name, environment } of TLS_TRANSPORTS)
  describe(`TLS on ${name}`, () => {
    let service: RunningService;
    before(async () => void (service = await startService(environment)));
    after(() => service?.stop());

    /** A finished handshake, or the reason why it failed. */
    function handshake(options: ConnectionOptions): Promise<TLSSocket | string> {
      const where = { port: service.ports[1] ?? 0, host: '127.0.0.1', rejectUnauthorized: false };
      return new Promise((resolve) => {
        const socket = connect({ ...where, ...options }, () => resolve(socket));
        socket.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
      });
    }

    async function agreed(options: ConnectionOptions): Promise<string> {
      const socket = await handshake(options);
      if (typeof socket === 'string') return 'refused';
      const { name: suite } = socket.getCipher();
      const said = `${socket.getProtocol()} ${suite}`;
      socket.destroy();
      return said;
    }

    it('X-8: has versions 1.2 and 1.3 alone', async () => {
      for (const version of ['TLSv1', 'TLSv1.1'] as const)
        expect(await agreed({ minVersion: version, maxVersion: version, ciphers: ANY_STRENGTH }), version).to.equal(
          'refused',
        );
      for (const version of ['TLSv1.2', 'TLSv1.3'] as const)
        expect(await agreed({ minVersion: version, maxVersion: version })).to.match(new RegExp(`^${version} `));
    });

    it('X-8: offers the suites of 1.2 with forward secrecy and authenticated encryption alone', async () => {
      const over12 = (ciphers: string): Promise<string> => agreed({ maxVersion: 'TLSv1.2', ciphers });
      for (const suite of ['AES128-GCM-SHA256', 'AES256-GCM-SHA384', 'CHACHA20-POLY1305'])
        expect(await over12(`ECDHE-ECDSA-${suite}`)).to.equal(`TLSv1.2 ECDHE-ECDSA-${suite}`);
      expect(await over12(`${ANY_STRENGTH}:!AESGCM:!CHACHA20`)).to.equal('refused');
    });

    it('X-8: selects no protocol, and continues in HTTP/1.1', async () => {
      const socket = await handshake({ ALPNProtocols: ['h2', 'http/1.1'] });
      if (typeof socket === 'string') throw new Error(socket);
      expect(socket.alpnProtocol).to.equal(false);
      let text = '';
      socket.on('data', (data: Buffer) => (text += data.toString()));
      socket.write(GET);
      await eventually('the answer', () => text.includes('{"status":"ok"}'));
      expect(text).to.match(/^HTTP\/1\.1 200 /);
      socket.destroy();
    });

    it('X-8: closes on a client that speaks HTTP/2, or no TLS', async () => {
      const preface = await RawClient.connect(service.ports[1] ?? 0, '127.0.0.1', { tls: { ALPNProtocols: ['h2'] } });
      preface.send('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0');
      await preface.closed();
      const plain = await RawClient.connect(service.ports[1] ?? 0);
      plain.send(GET);
      await plain.closed();
      for (const { text } of [preface, plain]) expect(text).not.to.match(/^HTTP\/1\.1 200/);
    });
  });
