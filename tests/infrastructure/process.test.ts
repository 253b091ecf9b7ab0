import { expect } from 'chai';
import { eventually } from '../support/eventually.ts';
import { RawClient } from '../support/clients/raw-client.ts';
import { changeRequest, TOKEN } from '../support/servers/running-service.ts';
import { ServiceProcess } from '../support/servers/service-process.ts';
import { StreamClient } from '../support/clients/stream-client.ts';

describe('the process', () => {
  const services: ServiceProcess[] = [];
  const clients: StreamClient[] = [];
  async function start(environment: Record<string, string> = {}): Promise<ServiceProcess> {
    const service = await ServiceProcess.start(environment);
    services.push(service);
    return service;
  }
  afterEach(async () => {
    for (const client of clients.splice(0)) client.close();
    for (const service of services.splice(0)) await service.kill();
  });

  async function open(service: ServiceProcess): Promise<StreamClient> {
    const client = await StreamClient.open(service.port, 'env');
    clients.push(client);
    return client;
  }

  it('fails to start beside another one on its port, and says why', async () => {
    const first = await start();
    const second = ServiceProcess.spawn({ LISTEN_ADDR: `127.0.0.1:${first.port}` });
    expect(await second.exited()).to.equal(1);
    expect(second.stderr).to.match(new RegExp(`cannot listen on 127.0.0.1:${first.port}: EADDRINUSE`));
    expect((await fetch(first.url('/livez'))).status).to.equal(200);
  });

  it('fails to start with errors in its configuration, and names them all', async () => {
    const service = ServiceProcess.spawn({ SSE_AUTHENTICATION_TOKEN: '', KEEP_ALIVE_SECONDS: 'x' });
    expect(await service.exited()).to.equal(1);
    expect(service.stderr).to.match(/SSE_AUTHENTICATION_TOKEN is required/);
    expect(service.stderr).to.match(/KEEP_ALIVE_SECONDS must be/);
  });

  it('accepts the argument "serve", and no other', async () => {
    const served = ServiceProcess.spawn({}, ['serve']);
    services.push(served);
    await served.logged('started');
    const refused = ServiceProcess.spawn({}, ['server']);
    expect(await refused.exited()).to.equal(1);
    expect(refused.stderr).to.match(/server/);
  });

  it('X-7: names every variable of the published image that it does not use, in one warning', async () => {
    const service = await start({
      REDIS_HOST: 'redis',
      REDIS_PASSWORD: 'never-logged',
      USE_CLUSTER_MODE: 'True',
      // What Kubernetes sets beside a service of that name.
      REDIS_PORT: 'tcp://10.0.0.7:6379',
      STREAM_DELAY: '',
      MAX_STREAM_AGE: '-1',
      MAX_STREAM_AGE_SECONDS: '60',
    });
    const { level, variables } = await service.logged('variables_unused');
    expect([level, variables]).to.deep.equal([
      'warn',
      ['REDIS_HOST', 'REDIS_PASSWORD', 'USE_CLUSTER_MODE', 'MAX_STREAM_AGE'],
    ]);
    expect(service.lines.filter(({ event }) => event === 'variables_unused')).to.have.length(1);
    expect(JSON.stringify(service.lines)).not.to.include('never-logged');
  });

  it('listens on IPv6 and IPv4 if the host is empty', async () => {
    const service = await start({ LISTEN_ADDR: ':0' });
    for (const host of ['127.0.0.1', '[::1]'])
      expect((await fetch(`http://${host}:${service.port}/livez`)).status).to.equal(200);
  });

  for (const signal of ['SIGTERM', 'SIGINT'] as const)
    it(`drains on ${signal}: streams end properly, requests in flight are answered, and it exits with 0`, async () => {
      // Nobody listens there, so a change waits until its deadline, which is after the last stream has ended.
      const service = await start({
        UPDATE_LOG: 'nats',
        NATS_URL: 'nats://127.0.0.1:1',
        APPEND_DEADLINE_MS: '8000',
        DRAIN_SECONDS: '1',
      });
      const opened = await Promise.all(Array.from({ length: 20 }, () => open(service)));
      const caller = await RawClient.connect(service.port);
      // Both are in one segment, so when the first is answered the second has been read.
      caller.send(`GET /livez HTTP/1.1\r\nHost: h\r\n\r\n${changeRequest('env', 7)}`);
      await caller.received('HTTP/1.1 200 OK');
      service.signal(signal);
      await service.logged('drain_started');
      expect(caller.text).not.to.include('log_unavailable');
      await caller.received('HTTP/1.1 503');
      await caller.received('log_unavailable');
      expect(await service.exited()).to.equal(0);
      expect(caller.ending).to.equal('ended');
      for (const client of opened) {
        await eventually('the stream to end', () => client.raw.ending !== 'open');
        expect([client.endedProperly, client.raw.ending]).to.deep.equal([true, 'ended']);
      }
    });

  it('serves a client that reconnects at once while it waits to drain, and no client sees a reset or a 503', async () => {
    const service = await start({ DRAIN_WAIT_SECONDS: '1', DRAIN_SECONDS: '1' });
    const early = await open(service);
    service.signal('SIGTERM');
    await service.logged('drain_started');
    expect((await fetch(service.url('/readyz'))).status).to.equal(503);
    const answer = await fetch(service.url('/sse/environments/env/queue-change'), {
      method: 'POST',
      headers: { Authorization: `Token ${TOKEN}` },
      body: '{"updated_at":7}',
    });
    expect(answer.status).to.equal(200);
    const late = await open(service);
    await Promise.all([early.hears('7'), late.hears('7')]);
    expect(late.status).to.equal(200);
    expect(await service.exited()).to.equal(0);
    for (const client of [early, late]) {
      await eventually('the stream to end', () => client.raw.ending !== 'open');
      expect([client.endedProperly, client.raw.ending]).to.deep.equal([true, 'ended']);
    }
  });

  it('accepts no more connections once it ends the streams', async () => {
    const service = await start({ DRAIN_SECONDS: '30' });
    await open(service);
    await open(service);
    service.signal('SIGTERM');
    await eventually('connections to be refused', () =>
      RawClient.connect(service.port).then(
        (client) => (client.destroy(), false),
        () => true,
      ),
    );
    expect(service.exitCode).to.equal(undefined);
  });

  it('ends at once on a second signal', async () => {
    const service = await start({ DRAIN_SECONDS: '60' });
    await open(service);
    await open(service);
    service.signal('SIGTERM');
    await service.logged('drain_started');
    service.signal('SIGTERM');
    expect(await service.exited()).to.equal(1);
  });

  it('writes no secret to its log', async () => {
    const service = await start({ LOG_LEVEL: 'debug' });
    await fetch(service.url('/sse/environments/env/queue-change'), {
      method: 'POST',
      headers: { Authorization: 'Token guessed-token' },
    });
    service.signal('SIGTERM');
    await service.exited();
    const log = JSON.stringify(service.lines);
    expect(log).not.to.include(TOKEN);
    expect(log).not.to.include('guessed-token');
  });
});
