import { describe, it } from 'mocha';
import type { ListenAddress } from '../../../adapters/http/listen-address.ts';
import { ConnectionBudget } from '../../../adapters/http/connection-budget.ts';
import { NodeServer } from '../../../adapters/http/node/server.ts';
import { TlsCertificate } from '../../../adapters/http/tls-certificate.ts';
import type { Routes } from '../../../adapters/http/routes.ts';
import { UwsServer } from '../../../adapters/http/uws/server.ts';
import { SystemClock } from '../../../adapters/system/system-clock.ts';
import type { HttpListener } from '../../../application/ports/http-listener.ts';
import { subscriberSocketContract } from '../../../infrastructure/contract/subscriber-socket-contract.ts';
import type { StreamPeer, SubscriberSocketWorld } from '../../../infrastructure/contract/subscriber-socket-world.ts';
import { CertificateFiles } from '../../support/servers/certificate-files.ts';
import { RawClient } from '../../support/clients/raw-client.ts';
import { connectHttp2, Http2Client } from '../../support/clients/http2-client.ts';
import { RecordedLogger } from '../../support/memory/recorded-logger.ts';
import { serveSockets } from '../../support/memory/served-socket-world.ts';
import { StreamClient } from '../../support/clients/stream-client.ts';

const addresses: readonly ListenAddress[] = [{ host: '127.0.0.1', port: 0 }];
const connections = new ConnectionBudget(1000);

function describeContract(name: string, makeWorld: () => Promise<SubscriberSocketWorld>): void {
  describe(name, () => subscriberSocketContract({ describe, it }, makeWorld));
}

const connectHttp1 = (port: number): Promise<StreamPeer> => StreamClient.open(port, 'env');

describeContract('uWebSockets.js', () =>
  serveSockets(
    (routes) => new UwsServer({ addresses, connections, sharePort: false }, routes, new RecordedLogger()),
    connectHttp1,
  ),
);

describeContract('node:http', () =>
  serveSockets((routes) => new NodeServer({ addresses, connections }, routes, new RecordedLogger()), connectHttp1),
);

describeContract('node:http2', () =>
  serveSockets(
    (routes) => new NodeServer({ addresses, connections }, routes, new RecordedLogger()),
    async (port) => Http2Client.open(await connectHttp2(`http://127.0.0.1:${port}`), 'env'),
  ),
);

describeContract('node:http2 with many streams on a connection', () => {
  let session: Awaited<ReturnType<typeof connectHttp2>> | undefined;
  return serveSockets(
    (routes) => new NodeServer({ addresses, connections }, routes, new RecordedLogger()),
    async (port) => {
      if (session === undefined || session.destroyed) session = await connectHttp2(`http://127.0.0.1:${port}`);
      return Http2Client.open(session, 'env');
    },
  );
});

/** A world with a certificate of its own. */
async function serveWithTls(
  makeListener: (certificate: TlsCertificate, routes: Routes) => HttpListener,
  connect: (port: number) => Promise<StreamPeer>,
): Promise<SubscriberSocketWorld> {
  const files = await CertificateFiles.make();
  const certificate = new TlsCertificate(files, new SystemClock(), new RecordedLogger());
  const world = await serveSockets((routes) => makeListener(certificate, routes), connect);
  return {
    open: () => world.open(),
    close: async () => {
      await world.close();
      await files.remove();
    },
  };
}

const connectHttps = async (port: number): Promise<StreamPeer> =>
  StreamClient.on(await RawClient.connect(port, '127.0.0.1', { tls: {} }), 'env');

describeContract('uWebSockets.js with TLS', () =>
  serveWithTls(
    (certificate, routes) =>
      new UwsServer({ addresses, connections, sharePort: false, certificate }, routes, new RecordedLogger()),
    connectHttps,
  ),
);

describeContract('node:http with TLS', () =>
  serveWithTls(
    (certificate, routes) =>
      new NodeServer({ addresses, connections, certificate, http1Only: true }, routes, new RecordedLogger()),
    connectHttps,
  ),
);

describeContract('node:http2 with TLS', () =>
  serveWithTls(
    (certificate, routes) => new NodeServer({ addresses, connections, certificate }, routes, new RecordedLogger()),
    async (port) => Http2Client.open(await connectHttp2(`https://127.0.0.1:${port}`), 'env'),
  ),
);
