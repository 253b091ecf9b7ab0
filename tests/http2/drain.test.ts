import { expect } from 'chai';
import { CertificateFiles } from '../support/servers/certificate-files.ts';
import { eventually } from '../support/eventually.ts';
import { connectHttp2, Http2Client } from '../support/clients/http2-client.ts';
import { RawClient } from '../support/clients/raw-client.ts';
import { startService } from '../support/servers/running-service.ts';
import { StreamClient } from '../support/clients/stream-client.ts';

describe('A drain over HTTP/2', () => {
  let files: CertificateFiles;
  before(async () => void (files = await CertificateFiles.make()));
  after(() => files.remove());

  for (const tls of [false, true])
    it(`ends every stream with END_STREAM, and every connection with GOAWAY${tls ? ', with TLS' : ''}`, async () => {
      const service = await startService({
        ...(tls ? files.environment : { HTTP2_LISTEN_ADDR: '127.0.0.1:0' }),
        DRAIN_SECONDS: '1',
      });
      const url = `${tls ? 'https' : 'http'}://127.0.0.1:${service.ports[1]}`;
      const goaways: number[] = [];
      const clients: Http2Client[] = [];
      const idle = await connectHttp2(url);
      idle.on('goaway', (code: number) => goaways.push(code));
      for (let connection = 0; connection < 3; connection++) {
        const session = await connectHttp2(url);
        session.on('goaway', (code: number) => goaways.push(code));
        for (let stream = 0; stream < 20; stream++) clients.push(await Http2Client.open(session, `env${stream % 3}`));
      }
      await service.stop();
      for (const client of clients) await eventually('the end of the stream', () => client.ending !== 'open');
      expect(clients.map(({ ending, stream }) => `${ending} ${stream.rstCode}`)).to.deep.equal(
        clients.map(() => 'ended 0'),
      );
      await eventually('every connection to end', () => idle.destroyed);
      expect(goaways.length).to.be.at.least(4);
      expect(new Set(goaways)).to.deep.equal(new Set([0]));
    });

  it('serves an existing connection until load balancers have noticed', async () => {
    const service = await startService({ HTTP2_LISTEN_ADDR: '127.0.0.1:0', DRAIN_WAIT_SECONDS: '1' });
    const session = await connectHttp2(`http://127.0.0.1:${service.ports[1]}`);
    const stopped = service.stop();
    expect((await new Http2Client(session, '/readyz').answered()).status).to.equal(503);
    const client = await Http2Client.open(session, 'env');
    expect(client.status).to.equal(200);
    await stopped;
    await eventually('a proper end', () => client.ending === 'ended');
  });

  it('ends HTTP/1.1 connections with their streams on node:http, and idle ones at once', async () => {
    const service = await startService({ HTTP1_TRANSPORT: 'node', DRAIN_SECONDS: '0' });
    const idle = await RawClient.connect(service.port);
    idle.send('GET /livez HTTP/1.1\r\nHost: a\r\n\r\n');
    await idle.received('{"status":"ok"}');
    const client = await StreamClient.open(service.port, 'env');
    const beganMs = performance.now();
    await service.stop();
    for (const raw of [idle, client.raw]) await raw.closed();
    expect([idle.ending, client.raw.ending, client.endedProperly]).to.deep.equal(['ended', 'ended', true]);
    expect(performance.now() - beganMs).to.be.lessThan(10_000);
  });
});
