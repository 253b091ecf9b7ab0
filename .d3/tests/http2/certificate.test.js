import { expect } from 'chai';
import { rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:tls';
import { ConnectionBudget } from "../../adapters/http/connection-budget.js";
import { NodeServer } from "../../adapters/http/node/server.js";
import { TlsCertificate } from "../../adapters/http/tls-certificate.js";
import { StepClock } from "../../adapters/memory/step-clock.js";
import { readConfig } from "../../infrastructure/config.js";
import { makeCertificate } from "../support/servers/certificate.js";
import { CertificateFiles } from "../support/servers/certificate-files.js";
import { eventually } from "../support/eventually.js";
import { connectHttp2, Http2Client } from "../support/clients/http2-client.js";
import { RecordedLogger } from "../support/memory/recorded-logger.js";
import { serveSockets } from "../support/memory/served-socket-world.js";
import { startService } from "../support/servers/running-service.js";
/** Longer than the files are left unread. */
const POLL_MS = 10_000;
describe('The certificate', () => {
    let files;
    let clock;
    let logger;
    let server;
    let world;
    beforeEach(async () => {
        files = await CertificateFiles.make();
        [clock, logger] = [new StepClock(), new RecordedLogger()];
        world = await serveSockets((routes) => (server = new NodeServer({
            addresses: [{ host: '127.0.0.1', port: 0 }],
            connections: new ConnectionBudget(100),
            certificate: new TlsCertificate(files, clock, logger),
        }, routes, logger)), async (port) => Http2Client.open(await connectHttp2(`https://127.0.0.1:${port}`), 'env'));
    });
    afterEach(async () => {
        await world.close();
        await files.remove();
    });
    /** The name on the certificate that a new connection is shown. */
    async function shownName() {
        const socket = connect({ port: server.ports[0] ?? 0, host: '127.0.0.1', rejectUnauthorized: false });
        await new Promise((resolve, reject) => socket.once('secureConnect', resolve).once('error', reject));
        const { CN } = socket.getPeerCertificate().subject;
        socket.destroy();
        return String(CN);
    }
    async function poll(event, times) {
        await eventually(`${times} times "${event}"`, async () => {
            await clock.advance(POLL_MS);
            return logger.of(event).length >= times;
        });
    }
    it('is read again when its files change, and streams go on', async () => {
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
    it('stays when a new one is broken, or does not fit its key, or is missing, and each is said once', async () => {
        const { peer } = await world.open();
        await files.put({ ...makeCertificate({ commonName: 'other' }), key: makeCertificate().key });
        await poll('certificate_refused', 1);
        await files.put({ cert: 'no certificate', key: 'no key' });
        await poll('certificate_refused', 2);
        await clock.advance(POLL_MS);
        await rm(files.certFile);
        await poll('certificate_refused', 3);
        for (let polls = 0; polls < 5; polls++)
            await clock.advance(POLL_MS);
        const refused = logger.of('certificate_refused');
        expect(refused[0]).to.include({ certFile: files.certFile, reason: 'the key is of another certificate' });
        // Files that are read while they are being written may be refused for a reason of their own.
        expect(refused.filter(({ reason }) => String(reason).includes('ENOENT'))).to.have.length(1);
        expect(logger.of('certificate_loaded')).to.have.length(1);
        expect(JSON.stringify(logger.lines)).not.to.include('PRIVATE KEY');
        expect(await shownName()).to.equal('localhost');
        expect(peer.ending).to.equal('open');
        await files.put(makeCertificate({ commonName: 'mended' }));
        await poll('certificate_loaded', 2);
        expect(await shownName()).to.equal('mended');
    });
    it('must be there and good at the start', async () => {
        await writeFile(files.certFile, 'no certificate');
        const failure = await startService(files.environment).catch((error) => error.message);
        expect(failure).to.include('cannot use the certificate').and.include(files.certFile);
        await rm(files.certFile);
        const missing = await startService(files.environment).catch((error) => error.message);
        expect(missing).to.include('ENOENT');
    });
    it('is configured whole, and with an address', () => {
        const problems = (environment) => {
            try {
                readConfig({ SSE_AUTHENTICATION_TOKEN: 't', UPDATE_LOG: 'memory', ...environment }, 1000);
                return '';
            }
            catch (error) {
                return error.message;
            }
        };
        expect(problems({ TLS_CERT_FILE: 'a' }))
            .to.include('TLS_KEY_FILE is')
            .and.include('HTTP2_LISTEN_ADDR is');
        expect(problems({ TLS_KEY_FILE: 'a', HTTP2_LISTEN_ADDR: ':1' })).to.include('TLS_CERT_FILE is');
        expect(problems({ TLS_KEY_FILE: 'a', TLS_CERT_FILE: 'b', HTTP2_LISTEN_ADDR: ':1' })).to.equal('');
    });
});
//# sourceMappingURL=certificate.test.js.map