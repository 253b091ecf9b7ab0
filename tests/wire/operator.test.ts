import { expect } from 'chai';
import { TOKENS } from '../../infrastructure/container.ts';
import { eventually } from '../support/eventually.ts';
import { type RunningService, startService, TOKEN } from '../support/servers/running-service.ts';
import { sampleOf } from '../support/documents/metrics-text.ts';
import { StreamClient } from '../support/clients/stream-client.ts';
import { TRANSPORTS } from '../support/servers/transports.ts';

const AUTHORIZED = { headers: { Authorization: `Token ${TOKEN}` } };
// About the kernel's own buffers: a client that does not read is noticed when they are full, so each event is made huge.
const LONG_NAME = 'x'.repeat(1_000_000);

for (const transport of TRANSPORTS) {
  describe(`/metricsz on ${transport.name}`, () => {
    let service: RunningService;
    afterEach(() => service?.stop());

    it('answers on the public listener if there is no other, as text of the version 0.0.4', async () => {
      service = await startService(transport.environment);
      const answer = await fetch(service.url('/metricsz'));
      expect(answer.status).to.equal(200);
      expect(answer.headers.get('content-type')).to.equal('text/plain; version=0.0.4; charset=utf-8');
      expect(answer.headers.get('access-control-allow-origin')).to.equal('*');
      expect(await answer.text()).to.match(/^# HELP /);
    });

    it('answers HEAD without a body, OPTIONS with the methods, and refuses the others', async () => {
      service = await startService(transport.environment);
      const head = await fetch(service.url('/metricsz'), { method: 'HEAD' });
      expect([head.status, await head.text()]).to.deep.equal([200, '']);
      expect(Number(head.headers.get('content-length'))).to.be.greaterThan(1000);
      const options = await fetch(service.url('/metricsz'), { method: 'OPTIONS' });
      expect([options.status, options.headers.get('access-control-allow-methods')]).to.deep.equal([
        204,
        'GET, HEAD, OPTIONS',
      ]);
      const post = await fetch(service.url('/metricsz'), { method: 'POST' });
      expect([post.status, post.headers.get('allow')]).to.deep.equal([405, 'GET, HEAD, OPTIONS']);
    });

    it('answers only on the internal listener if there is one, like queue-change', async () => {
      service = await startService({ ...transport.environment, INTERNAL_LISTEN_ADDR: '127.0.0.1:0' });
      const internal = `http://127.0.0.1:${service.ports[1]}`;
      for (const path of ['/metricsz', '/debug/environments/abc', '/sse/environments/abc/queue-change']) {
        expect((await fetch(service.url(path), AUTHORIZED)).status, path).to.equal(404);
        expect((await fetch(`${internal}${path}`, AUTHORIZED)).status, path).to.be.oneOf([200, 405]);
      }
      for (const path of ['/livez', '/readyz']) {
        await eventually(path, async () => (await fetch(service.url(path))).status === 200);
        expect((await fetch(`${internal}${path}`)).status).to.equal(200);
      }
    });

    it('shows what the service holds: streams, environments, and clients that do not read', async () => {
      service = await startService({ ...transport.environment, SSE_EVENT_NAME: LONG_NAME });
      const sample = async (name: string): Promise<number | undefined> =>
        sampleOf(await (await fetch(service.url('/metricsz'))).text(), name);
      const [reader, sleeper] = [
        await StreamClient.open(service.port, 'read'),
        await StreamClient.open(service.port, 'asleep'),
      ];
      sleeper.raw.stopReading();
      for (let update = 1; (await sample('halyard_subscribers_congested')) !== 1; update++) {
        expect(update, 'updates until the client that does not read was noticed').to.be.lessThan(2000);
        await service.publish('asleep', update);
      }
      expect(await sample('flagsmith_sse_subscribers')).to.equal(2);
      expect(await sample('flagsmith_sse_subscribers_total')).to.equal(2);
      expect(await sample('halyard_channels')).to.equal(2);
      sleeper.close();
      reader.close();
      await eventually('both to be gone', async () => (await sample('flagsmith_sse_subscribers')) === 0);
      expect(await sample('halyard_subscribers_congested')).to.equal(0);
      expect(await sample('halyard_streams_closed_total{reason="client"}')).to.equal(2);
    });

    it('counts changes by what became of them', async () => {
      service = await startService(transport.environment);
      const url = service.url('/sse/environments/abc/queue-change');
      await service.publish('abc', 5);
      await fetch(url, { method: 'POST', body: '{"updated_at":5}' });
      await fetch(url, { ...AUTHORIZED, method: 'POST', body: 'nonsense' });
      await fetch(url, { ...AUTHORIZED, method: 'POST', body: 'x'.repeat(2000) });
      const text = await (await fetch(service.url('/metricsz'))).text();
      for (const outcome of ['stored', 'unauthorized', 'invalid', 'too_large'])
        expect(sampleOf(text, `halyard_queue_changes_total{outcome="${outcome}"}`), outcome).to.equal(1);
      expect(sampleOf(text, 'halyard_queue_change_duration_seconds_count')).to.equal(1);
    });
  });

  describe(`GET /debug/environments/{environment} on ${transport.name}`, () => {
    let service: RunningService;
    beforeEach(async () => {
      const environment = { ...transport.environment, SSE_EVENT_NAME: LONG_NAME };
      // The log has the smaller of two times last, and is to keep it for as long as it may: it is put right after two
      // seconds then, and not after 0.2.
      service = await startService(environment, (container) => {
        container.rebind(TOKENS.random).toConstantValue(() => 0.999);
      });
    });
    afterEach(() => service?.stop());

    const ask = async (environment: string): Promise<Record<string, unknown>> =>
      (await (await fetch(service.url(`/debug/environments/${environment}`), AUTHORIZED)).json()) as Record<
        string,
        unknown
      >;

    it('shows the register, the sequence, the epoch, and the state of its subscribers', async () => {
      const client = await StreamClient.open(service.port, 'abc');
      await service.publish('abc', 1_733_480_514);
      await service.publish('abc', 1_733_480_000);
      await client.hears('1733480000.000000');
      const { register, latest, ...rest } = await ask('abc');
      // A new subscriber receives the greatest; the log holds the latest.
      expect(register).to.include({ updated_at: '1733480514.000000', sequence: 1 });
      expect(latest).to.include({ updated_at: '1733480000.000000', sequence: 2, epoch: 1 });
      expect(rest).to.deep.equal({
        environment: 'abc',
        epoch: 1,
        subscribers: 1,
        behind: 0,
        congested: 0,
        state: 'quiet',
        pass: null,
        pending: null,
      });
      client.close();
    });

    it('shows a subscriber that is behind because it does not read', async () => {
      const client = await StreamClient.open(service.port, 'abc');
      client.raw.stopReading();
      let report = await ask('abc');
      for (let update = 1; report['behind'] !== 1; update++) {
        expect(update).to.be.lessThan(2000);
        await service.publish('abc', update);
        report = await ask('abc');
      }
      expect(report).to.include({ subscribers: 1, congested: 1 });
      client.close();
    });

    it('knows nothing about an environment that was never requested, and does not create it', async () => {
      expect(await ask('unknown')).to.include({ register: null, latest: null, subscribers: 0, state: 'empty' });
      const text = await (await fetch(service.url('/metricsz'))).text();
      expect(sampleOf(text, 'halyard_channels')).to.equal(0);
    });

    it('requires the token before it looks at the key', async () => {
      const status = async (path: string, init: RequestInit = {}): Promise<number> =>
        (await fetch(service.url(path), init)).status;
      expect(await status('/debug/environments/a.b')).to.equal(401);
      expect(await status('/debug/environments/a.b', AUTHORIZED)).to.equal(400);
      expect(await status('/debug/environments/abc', { ...AUTHORIZED, method: 'POST' })).to.equal(405);
      expect(await status('/debug/environments/abc', { method: 'OPTIONS' })).to.equal(204);
      expect(await status('/debug/environments', AUTHORIZED)).to.equal(404);
    });
  });
}
