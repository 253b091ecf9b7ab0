import { expect } from 'chai';
import { rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:tls';
import { messageOf } from '../../application/ports/message-of.ts';
import { ConnectionBudget } from '../../adapters/http/connection-budget.ts';
import { NodeServer } from '../../adapters/http/node/server.ts';
import { TlsCertificate } from '../../adapters/http/tls-certificate.ts';
import { StepClock } from '../../adapters/memory/step-clock.ts';
import { readConfig } from '../../infrastructure/config.ts';
import { makeCertificate } from '../support/servers/certificate.ts';
import { CertificateFiles } from '../support/servers/certificate-files.ts';
import { eventually } from '../support/eventually.ts';
import { connectHttp2, Http2Client } from '../support/clients/http2-client.ts';
import { RecordedLogger } from '../support/memory/recorded-logger.ts';
import { serveSockets } from '../support/memory/served-socket-world.ts';
import { startService } from '../support/servers/running-service.ts';

/** Longer than the files are left unread. */
const POLL_MS = 10_000;

describe('The certificate', () => {
  let files: CertificateFiles;
  let clock: StepClock;
  let logger: RecordedLogger;
  let server: NodeServer;
  let world: Awaited<ReturnType<typeof serveSockets>>;

  beforeEach(async () => {
    files = await CertificateFiles.make();
    [clock, logger] = [new StepClock(), new RecordedLogger()];
    world = await serveSockets(
      (routes) =>
        (server = new NodeServer(
          {
            addresses: [{ host: '127.0.0.1', port: 0 }],
            connections: new ConnectionBudget(100),
            certificate: new TlsCertificate(files, clock, logger),
          },
          routes,
          logger,
        )),
      async (port) => Http2Client.open(await connectHttp2(`https://127.0.0.1:${port}`), 'env'),
    );
  });

  afterEach(async () => {
    await world.close();
    await files.remove();
  });

  /** The name on the certificate that a new connection is shown. */
  async function shownName(): Promise<string> {
    const socket = connect({ port: server.ports[0] ?? 0, host: '127.0.0.1', rejectUnauthorized: false });
    await new Promise<void>((resolve, reject) => socket.once('secureConnect', resolve).once('error', reject));
    const { CN } = socket.getPeerCertificate().subject;
    socket.destroy();
    return String(CN);
  }

  async function poll(event: string, times: number): Promise<void> {
    await eventually(`${times} times "${event}"`, async () => {
      await clock.advance(POLL_MS);
      return logger.of(event).length >= times;
    });
  }

  it('is read again when its files change, and streams continue', async () => {
    const { socket, peer } = await world.open();
    expect(await shownName()).to.equal('localhost');
    await files.put(makeCertificate({ commonName: 'renewed' }));
    await poll('certificate_loaded', 2);
    expect(await shownName()).to.equal('renewed');
    expect(logger.of('certificate_loaded')[1]?.['subject']).to.equal('CN=renewed');
    expect(socket.write('data: 1\n\n')).to.equal('sent');
    await eventually('the event', () => peer.received.includes('data: 1\n\n'));
    expect(peer.ending).to.equal('open');
  });

  it('stays when a new one is broken, does not match its key, or is missing, and each is logged once', async () => {
    const { peer } = await world.open();
    const mistakes: string[] = [];
    const refused = async (mistake: string): Promise<void> => {
      for (let looks = 0; looks < 3; looks++) await clock.advance(POLL_MS);
      mistakes.push(mistake);
      expect(logger.of('certificate_refused').map(({ reason }) => reason)).to.deep.equal(mistakes);
    };
    await files.put({ ...makeCertificate({ commonName: 'other' }), key: makeCertificate().key });
    await refused(`TLS_KEY_FILE holds a key that does not match TLS_CERT_FILE: ${files.keyFile}`);
    await files.put({ cert: 'no certificate', key: makeCertificate().key });
    await refused(`TLS_CERT_FILE holds no PEM certificate: ${files.certFile}`);
    await rm(files.certFile);
    await refused(`TLS_CERT_FILE cannot be read (ENOENT): ${files.certFile}`);
    expect(logger.of('certificate_loaded')).to.have.length(1);
    expect(JSON.stringify(logger.lines)).not.to.include('PRIVATE KEY');
    expect(await shownName()).to.equal('localhost');
    expect(peer.ending).to.equal('open');
    await files.put(makeCertificate({ commonName: 'mended' }));
    await poll('certificate_loaded', 2);
    expect(await shownName()).to.equal('mended');
  });

  it('must exist and be usable at the start', async () => {
    await writeFile(files.certFile, 'no certificate');
    const failure = await startService(files.environment).catch(messageOf);
    expect(failure).to.include(`TLS_CERT_FILE holds no PEM certificate: ${files.certFile}`);
    await rm(files.certFile);
    const missing = await startService(files.environment).catch(messageOf);
    expect(missing).to.include('ENOENT');
  });

  it('is configured whole, and with an address', () => {
    const problems = (environment: Record<string, string>): string => {
      try {
        readConfig({ SSE_AUTHENTICATION_TOKEN: 't', UPDATE_LOG: 'memory', ...environment }, 1000);
        return '';
      } catch (error) {
        return (error as Error).message;
      }
    };
    const [TLS_CERT_FILE, TLS_KEY_FILE] = [files.certFile, files.keyFile];
    for (const [environment, problem] of [
      [{ TLS_CERT_FILE }, 'TLS_KEY_FILE is required with TLS_CERT_FILE'],
      [{ TLS_KEY_FILE, HTTP2_LISTEN_ADDR: ':1' }, 'TLS_CERT_FILE is required with TLS_KEY_FILE'],
      [{ TLS_CERT_FILE, TLS_LISTEN_ADDR: ':1' }, 'TLS_KEY_FILE is required with TLS_CERT_FILE'],
      [{ TLS_LISTEN_ADDR: ':1' }, 'TLS_CERT_FILE is required with TLS_LISTEN_ADDR'],
      [{ TLS_LISTEN_ADDR: ':1' }, 'TLS_KEY_FILE is required with TLS_LISTEN_ADDR'],
      [{ TLS_CERT_FILE, TLS_KEY_FILE }, 'TLS_LISTEN_ADDR or HTTP2_LISTEN_ADDR is required with TLS_CERT_FILE'],
    ] as const)
      expect(problems(environment), Object.keys(environment).join()).to.include(`\n  ${problem}`);
    for (const address of ['TLS_LISTEN_ADDR', 'HTTP2_LISTEN_ADDR'])
      expect(problems({ TLS_KEY_FILE, TLS_CERT_FILE, [address]: ':1' })).to.equal('');
  });
});
