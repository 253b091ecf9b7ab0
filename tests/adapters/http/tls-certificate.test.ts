import { expect } from 'chai';
import { ConnectionBudget } from '../../../adapters/http/connection-budget.ts';
import type { Routes } from '../../../adapters/http/routes.ts';
import { TlsCertificate } from '../../../adapters/http/tls-certificate.ts';
import { readTlsFiles, type TlsPair } from '../../../adapters/http/tls-files.ts';
import { UwsServer } from '../../../adapters/http/uws/server.ts';
import { StepClock } from '../../../adapters/memory/step-clock.ts';
import { RecordedLogger } from '../../support/memory/recorded-logger.ts';
import { makeCertificate } from '../../support/servers/certificate.ts';
import { CertificateFiles } from '../../support/servers/certificate-files.ts';

const LOOK_MS = 5000;

describe('A certificate that several listeners show', () => {
  let files: CertificateFiles;
  let clock: StepClock;
  let logger: RecordedLogger;
  let certificate: TlsCertificate;

  beforeEach(async () => {
    files = await CertificateFiles.make();
    [clock, logger] = [new StepClock(Date.now()), new RecordedLogger()];
    certificate = new TlsCertificate(files, clock, logger);
  });
  afterEach(() => files.remove());

  const renew = (commonName: string): Promise<void> => files.put(makeCertificate({ commonName }));
  const look = (): Promise<void> => clock.advance(LOOK_MS);
  const reasons = (): unknown[] => logger.of('certificate_refused').map(({ reason }) => reason);

  /** A listener: the names on the certificates that it was given, and when it cannot take one. */
  function follow(name = 'a listener'): { readonly taken: string[]; fails: boolean; stop: () => void } {
    const taken: string[] = [];
    const { pair, stop } = certificate.follow(({ subject }: TlsPair) => {
      if (follower.fails) throw new Error(`${name} cannot`);
      taken.push(subject);
    });
    const follower = { taken, fails: false, stop };
    taken.push(pair.subject);
    return follower;
  }

  it('is read once for all listeners, and given to each when it changes', async () => {
    const [one, other] = [follow(), follow()];
    await look();
    await renew('renewed');
    await look();
    await look();
    for (const { taken } of [one, other]) expect(taken).to.deep.equal(['CN=localhost', 'CN=renewed']);
    expect(follow().taken).to.deep.equal(['CN=renewed']);
    expect(logger.of('certificate_loaded').map(({ subject }) => subject)).to.deep.equal(['CN=localhost', 'CN=renewed']);
  });

  it('is given again to a listener that could not use it, and to no other', async () => {
    const [one, other] = [follow(), follow('the other')];
    other.fails = true;
    await renew('renewed');
    await look();
    await look();
    expect([one.taken, other.taken]).to.deep.equal([['CN=localhost', 'CN=renewed'], ['CN=localhost']]);
    expect(reasons()).to.deep.equal(['the other cannot']);
    expect(logger.of('certificate_loaded')).to.have.length(1);
    other.fails = false;
    await look();
    for (const { taken } of [one, other]) expect(taken).to.deep.equal(['CN=localhost', 'CN=renewed']);
    expect(logger.of('certificate_loaded')).to.have.length(2);
  });

  it('is refused again for the same reason if it was good in between', async () => {
    const { taken } = follow();
    const good = makeCertificate({ commonName: 'good' });
    for (let times = 0; times < 2; times++) {
      await files.put({ ...good, cert: 'broken' });
      await look();
      await look();
      await files.put(good);
      await look();
    }
    expect(reasons()).to.have.length(2);
    expect(taken).to.deep.equal(['CN=localhost', 'CN=good']);
  });

  it('reports when it expires, also after a change', async () => {
    expect(certificate.notAfterMs).to.equal(undefined);
    follow();
    const days = (): number => Math.round(((certificate.notAfterMs ?? 0) - Date.now()) / 86_400_000);
    expect(days()).to.equal(30);
    await files.put(makeCertificate({ validDays: 90 }));
    await look();
    expect(days()).to.equal(90);
    await files.put({ ...makeCertificate({ validDays: 1 }), key: '' });
    await look();
    expect(days()).to.equal(90);
  });

  it('is used, with a warning, when it has expired or is not valid yet', async () => {
    await files.put(makeCertificate({ validDays: -1 }));
    expect(follow().taken).to.deep.equal(['CN=localhost']);
    expect(logger.of('certificate_not_valid_now')).to.have.length(1);
    await files.put(makeCertificate({ commonName: 'valid' }));
    await look();
    expect(logger.of('certificate_not_valid_now')).to.have.length(1);
    const early = new RecordedLogger();
    new TlsCertificate(files, new StepClock(0), early).follow(() => undefined);
    expect(early.of('certificate_not_valid_now')).to.have.length(1);
  });

  it('is looked at until the last listener stops, and not after', async () => {
    const [one, other] = [follow(), follow()];
    one.stop();
    await renew('renewed');
    await look();
    expect([one.taken, other.taken]).to.deep.equal([['CN=localhost'], ['CN=localhost', 'CN=renewed']]);
    other.stop();
    await files.put({ cert: 'broken', key: 'broken' });
    await look();
    expect(reasons()).to.deep.equal([]);
  });

  it('is an error at the start if it cannot be used', async () => {
    await files.put({ ...makeCertificate(), key: 'no key' });
    expect(() => follow()).to.throw(`TLS_KEY_FILE holds no PEM key: ${files.keyFile}`);
  });

  it('differs from what the addon has read if the files changed meanwhile', async () => {
    const checked = readTlsFiles(files);
    if ('invalid' in checked) throw new Error(JSON.stringify(checked));
    await renew('another');
    const addresses = [{ host: '127.0.0.1', port: 0 }];
    const server = new UwsServer(
      {
        addresses,
        connections: new ConnectionBudget(1),
        sharePort: false,
        certificate: { files, follow: () => ({ pair: checked, stop: () => undefined }) },
      },
      // Nobody asks for anything here.
      undefined as unknown as Routes,
      logger,
    );
    const failure = await server.listen().catch(String);
    expect(failure).to.equal('Error: TLS_CERT_FILE or TLS_KEY_FILE changed while it was read');
    await server.close();
  });
});
