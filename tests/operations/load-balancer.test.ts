import { expect } from 'chai';
import { freePort } from '../support/free-port.ts';
import { Nginx } from '../support/nginx.ts';
import { readDocument } from '../support/repository.ts';
import { type RunningService, startService, TOKEN } from '../support/running-service.ts';
import { StreamClient } from '../support/stream-client.ts';

describe('docker/nginx/halyard.conf', function () {
  // nginx may have to be fetched first.
  this.timeout(300_000);

  let service: RunningService;
  let nginx: Nginx;
  let port: number;
  before(async () => {
    service = await startService({ INTERNAL_LISTEN_ADDR: '127.0.0.1:0' });
    port = await freePort();
    const config = readDocument('docker/nginx/halyard.conf')
      .replace('listen 8088;', `listen 127.0.0.1:${port};`)
      .replace('halyard:8080', `127.0.0.1:${service.ports[0]}`)
      .replace('halyard:8081', `127.0.0.1:${service.ports[1]}`);
    nginx = await Nginx.start(config, port);
  });
  after(async () => {
    await nginx?.stop();
    await service.stop();
  });

  const ask = (path: string, init?: RequestInit): Promise<Response> => fetch(`http://127.0.0.1:${port}${path}`, init);

  it('lets a stream through as it comes, and a change to the internal listener', async () => {
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

  it('shows nobody the metrics or what is known of an environment', async () => {
    for (const path of ['/metricsz', '/debug/environments/abc', '/sse/environments/abc/other'])
      expect((await ask(path)).status, path).to.equal(404);
    expect((await ask('/readyz')).status).to.equal(200);
  });
});
