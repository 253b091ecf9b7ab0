import { expect } from 'chai';
import { messageOf } from '../../application/ports/message-of.ts';
import { TOKENS } from '../../infrastructure/container.ts';
import { CertificateFiles } from '../support/servers/certificate-files.ts';
import { eventually } from '../support/eventually.ts';
import { connectHttp2, Http2Client } from '../support/clients/http2-client.ts';
import { Proxy } from '../support/servers/proxy.ts';
import { startService, TOKEN } from '../support/servers/running-service.ts';

/** The guide's time-outs are far above a keep-alive's interval; these are as much, in less time. */
const SHORTER = [['60s', '5s']] as const;
const H2C = [['8080 check', '8080 proto h2 check']] as const;

const PROXIES = [
  { name: 'nginx', start: Proxy.nginx.bind(Proxy), changes: SHORTER, port: 0 },
  { name: 'HAProxy', start: Proxy.haproxy.bind(Proxy), changes: SHORTER, port: 0 },
  { name: 'HAProxy with h2c behind it', start: Proxy.haproxy.bind(Proxy), changes: [...SHORTER, ...H2C], port: 1 },
] as const;

describe('Behind a proxy as the guide configures it', () => {
  it('streams over HTTP/2 are unbuffered, outlast its time-outs, and end properly', async () => {
    // All at a time: each takes as long as several keep-alives.
    await Promise.all(
      PROXIES.map((proxy) =>
        carryStreams(proxy).catch((error: unknown) => {
          throw new Error(`${proxy.name}: ${messageOf(error)}`, { cause: error });
        }),
      ),
    );
  });
});

async function carryStreams({ start, changes, port }: (typeof PROXIES)[number]): Promise<void> {
  const files = await CertificateFiles.make();
  const service = await startService({ HTTP2_LISTEN_ADDR: '127.0.0.1:0', KEEP_ALIVE_SECONDS: '1' });
  const proxy = await start(files, service.ports[port] ?? 0, changes);
  try {
    const session = await connectHttp2(proxy.url);
    const clients = [await Http2Client.open(session, 'env'), await Http2Client.open(session, 'env')] as const;
    for (const { status, received } of clients) {
      expect(status).to.equal(200);
      expect(received).to.match(/^: connected\nretry: \d+\n\n(:\n\n)*$/);
    }
    const headers = { ':method': 'POST', authorization: `Token ${TOKEN}` };
    const path = '/sse/environments/env/queue-change';
    const post = await new Http2Client(session, path, headers, '{"updated_at":1}').answered();
    expect([post.status, post.received]).to.deep.equal([200, '{"updated_at":1}']);
    for (const client of clients) await client.hears('1');

    const keepAlives = (): number => clients[0].received.split('\n\n').filter((block) => block === ':').length;
    const already = keepAlives();
    await eventually('seven keep-alives, seven seconds', () => keepAlives() >= already + 7, 60_000);
    await service.publish('env', 2);
    for (const client of clients) await client.hears('2');

    const hub = service.container.get(TOKENS.hub);
    clients[1].stream.close();
    await eventually('the service to hear of a client that left', () => hub.subscribers === 1);
    await service.stop();
    await eventually('the stream to end', () => clients[0].ending !== 'open');
    expect(clients[0].ending).to.equal('ended');
    session.destroy();
  } finally {
    await proxy.stop();
    await service.stop().catch(() => undefined);
    await files.remove();
  }
}
