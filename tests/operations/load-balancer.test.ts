import { expect } from 'chai';
import { TOKENS } from '../../infrastructure/container.ts';
import { eventually } from '../support/eventually.ts';
import { freePort } from '../support/servers/free-port.ts';
import { sampleOf } from '../support/documents/metrics-text.ts';
import { Nginx } from '../support/servers/nginx.ts';
import { RawClient } from '../support/clients/raw-client.ts';
import { readDocument } from '../support/documents/repository.ts';
import { type RunningService, startService, TOKEN } from '../support/servers/running-service.ts';
import { StreamClient } from '../support/clients/stream-client.ts';

describe('docker/nginx/halyard.conf', () => {
  let service: RunningService;
  let nginx: Nginx;
  let port: number;
  before(async () => {
    service = await startService({
      INTERNAL_LISTEN_ADDR: '127.0.0.1:0',
      MAX_STREAMS_PER_ADDRESS: '2',
      TRUSTED_PROXIES: '127.0.0.1',
    });
    port = await freePort();
    const config = readDocument('docker/nginx/halyard.conf')
      .replace('listen 8088;', `listen 127.0.0.1:${port};`)
      .replace('halyard:8080', `127.0.0.1:${service.ports[0]}`)
      .replace('halyard:8081', `127.0.0.1:${service.ports[1]}`);
    nginx = await Nginx.start(config, port);
  });
  after(async () => {
    await nginx?.stop();
    await service?.stop();
  });

  const ask = (path: string, init?: RequestInit): Promise<Response> => fetch(`http://127.0.0.1:${port}${path}`, init);

  it('passes a stream on as it arrives, and a change to the internal listener', async () => {
    const client = await StreamClient.open(port, 'abc');
    expect(client.body).to.match(/^: connected\n/);
    const change = await ask('/sse/environments/abc/queue-change', {
      method: 'POST',
      headers: { Authorization: `Token ${TOKEN}` },
      body: '{"updated_at":123}',
    });
    expect(change.status).to.equal(200);
    await client.hears('123');
    client.close();
  });

  it('names its clients, so that each address has its own streams', async () => {
    const hub = service.container.get(TOKENS.hub);
    await eventually('the earlier streams to end', () => hub.subscribers === 0);
    const clients: RawClient[] = [];
    const asked = async (from: string, claimed: string): Promise<RawClient> => {
      const client = await RawClient.connect(port, '127.0.0.1', { from });
      clients.push(client);
      client.send(`GET /sse/environments/abc/stream HTTP/1.1\r\nHost: a\r\nX-Forwarded-For: ${claimed}\r\n\r\n`);
      return client;
    };
    for (const claimed of ['203.0.113.1', '203.0.113.2', '203.0.113.3']) await asked('127.0.0.2', claimed);
    for (const claimed of ['203.0.113.1', '203.0.113.2']) await (await asked('127.0.0.3', claimed)).received('200 OK');
    await eventually('two streams of either', () => hub.subscribers === 4);
    const metrics = `http://127.0.0.1:${service.ports[1]}/metricsz`;
    const refused = 'halyard_streams_refused_total{reason="address"}';
    await eventually('the third of one to be refused', async () => {
      return sampleOf(await (await fetch(metrics)).text(), refused) === 1;
    });
    for (const client of clients) client.destroy();
  });

  it('exposes neither the metrics nor the state of an environment', async () => {
    for (const path of ['/metricsz', '/debug/environments/abc', '/sse/environments/abc/other'])
      expect((await ask(path)).status, path).to.equal(404);
    expect((await ask('/readyz')).status).to.equal(200);
  });
});
