import { expect } from 'chai';
import { fork } from 'node:child_process';
import { connect } from 'node:tls';
import { fileURLToPath } from 'node:url';
import { ConnectionBudget } from '../../adapters/http/connection-budget.ts';
import { NodeServer } from '../../adapters/http/node/server.ts';
import type { Routes } from '../../adapters/http/routes.ts';
import { TlsCertificate } from '../../adapters/http/tls-certificate.ts';
import { loadUws } from '../../adapters/http/uws/addon.ts';
import { adopts } from '../../adapters/http/uws/secure-app.ts';
import { UwsServer } from '../../adapters/http/uws/server.ts';
import { StepClock } from '../../adapters/memory/step-clock.ts';
import type { HttpListener } from '../../application/ports/http-listener.ts';
import { RawClient } from '../support/clients/raw-client.ts';
import { StreamClient } from '../support/clients/stream-client.ts';
import { eventually } from '../support/eventually.ts';
import { RecordedLogger } from '../support/memory/recorded-logger.ts';
import { serveSockets } from '../support/memory/served-socket-world.ts';
import { makeCertificate } from '../support/servers/certificate.ts';
import { CertificateFiles } from '../support/servers/certificate-files.ts';
import type { Progress } from './connecting-clients.process.ts';

const CLIENTS = fileURLToPath(new URL('./connecting-clients.process.js', import.meta.url));
const STREAMS = 20;
/** The files are looked at every five seconds. */
const LOOK_MS = 5000;

/** Node 24's build of the addon has child apps. */
const hasChildApps = adopts(loadUws().App());

interface Listening {
  readonly certificate: TlsCertificate;
  readonly routes: Routes;
  readonly logger: RecordedLogger;
}

const addresses = [{ host: '127.0.0.1', port: 0 }];
const connections = new ConnectionBudget(10_000);

for (const { name, make, exchanges, between, mayReset } of [
  {
    name: 'uWebSockets.js',
    make: ({ certificate, routes, logger }: Listening): HttpListener =>
      new UwsServer({ addresses, connections, sharePort: false, certificate }, routes, logger),
    exchanges: 10,
    between: 40,
    mayReset: !hasChildApps,
  },
  {
    name: 'uWebSockets.js on a port that is shared',
    make: ({ certificate, routes, logger }: Listening): HttpListener =>
      new UwsServer({ addresses, connections, sharePort: true, certificate }, routes, logger),
    exchanges: 2,
    between: 20,
    mayReset: !hasChildApps,
  },
  {
    name: 'node:http',
    make: ({ certificate, routes, logger }: Listening): HttpListener =>
      new NodeServer({ addresses, connections, http1Only: true, certificate }, routes, logger),
    exchanges: 10,
    between: 10,
    mayReset: false,
  },
])
  describe(`${exchanges} exchanges of the certificate under 200 connects a second, on ${name}`, function () {
    this.timeout(60_000);

    it(`lose no stream, and ${mayReset ? 'at most one in a hundred connects' : 'no connect'}`, async () => {
      const files = await CertificateFiles.make();
      const [clock, logger] = [new StepClock(Date.now()), new RecordedLogger()];
      const certificate = new TlsCertificate(files, clock, logger);
      let port = 0;
      const world = await serveSockets(
        (routes) => make({ certificate, routes, logger }),
        async (bound) => {
          port = bound;
          return StreamClient.on(await RawClient.connect(port, '127.0.0.1', { tls: {} }), 'env');
        },
      );
      const streams = [];
      for (let opened = 0; opened < STREAMS; opened++) streams.push(await world.open());
      const clients = fork(CLIENTS, [String(port)]);
      try {
        let progress: Progress = { served: 0, failed: [], names: [], isOver: false };
        clients.on('message', (told: Progress) => (progress = told));
        for (let exchange = 1; exchange <= exchanges; exchange++) {
          await files.put(makeCertificate({ commonName: `renewed-${exchange}` }));
          await clock.advance(LOOK_MS);
          const { served } = progress;
          const isShown = (): boolean => progress.names.includes(`renewed-${exchange}`);
          const words = (): string => `certificate ${exchange} to be shown: ${JSON.stringify(progress)}`;
          await eventually(words, () => isShown() && progress.served >= served + between);
        }
        // Nobody is shown one of those before any more, whatever socket the connection comes by.
        await eventually('the last certificate alone to be shown', async () => {
          const shown = await Promise.all(Array.from({ length: 40 }, () => shownName(port)));
          return shown.every((each) => each === `renewed-${exchanges}`);
        });
        clients.send('end');
        await eventually('the last client to be served', () => progress.isOver);
        const { served, failed } = progress;
        expect(served).to.be.at.least(exchanges * between);
        expect(failed.length, failed.join()).to.be.at.most(mayReset ? Math.max(1, served / 100) : 0);
        const said = logger.lines.filter(({ level }) => level !== 'info').map(({ event }) => event);
        const expected = mayReset ? Array<string>(exchanges).fill('certificate_exchange_may_reset') : [];
        expect(said.filter((event) => event.startsWith('certificate'))).to.deep.equal(expected);
        for (const { socket } of streams) expect(socket.write('data: 1\n\n')).to.equal('sent');
        for (const { peer, reported } of streams) {
          await eventually('the event', () => peer.received.includes('data: 1\n\n'));
          expect([peer.ending, reported.gone]).to.deep.equal(['open', 0]);
        }
      } finally {
        clients.kill('SIGKILL');
        await world.close();
        await files.remove();
      }
    });
  });

function shownName(port: number): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1', rejectUnauthorized: false }, () => {
      resolve(String(socket.getPeerCertificate().subject.CN));
      socket.destroy();
    });
    socket.on('error', (error: Error) => resolve(error.message));
  });
}
