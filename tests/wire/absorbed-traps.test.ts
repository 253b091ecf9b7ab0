import { expect } from 'chai';
import type { Answer } from '../../adapters/http/answer.ts';
import type { HttpExchange } from '../../adapters/http/exchange.ts';
import { HeldRefusals } from '../../adapters/http/held-refusals.ts';
import type { MemoryLog } from '../../adapters/memory/memory-log.ts';
import { StepClock } from '../../adapters/memory/step-clock.ts';
import { TOKENS } from '../../infrastructure/container.ts';
import { eventually } from '../support/eventually.ts';
import { StreamClient } from '../support/clients/stream-client.ts';
import { type RunningService, startService, TOKEN } from '../support/servers/running-service.ts';
import { TRANSPORTS } from '../support/servers/transports.ts';

interface ErrorBody {
  readonly error: { readonly code: string };
}

const HOLD_MS = 5000;

/** Refusals that are held on a clock of the test's own, and counted. */
class SteppedRefusals extends HeldRefusals {
  readonly clock: StepClock;
  refused = 0;

  constructor(max: number) {
    const clock = new StepClock();
    super(max, clock);
    this.clock = clock;
  }

  override refuse(exchange: HttpExchange, answer: Answer): void {
    super.refuse(exchange, answer);
    this.refused++;
  }
}

for (const { name, environment } of TRANSPORTS)
  describe(`what other services are asked for, on ${name}`, () => {
    let service: RunningService;
    const clients: StreamClient[] = [];
    const start = async (variables: Record<string, string> = {}): Promise<RunningService> =>
      (service = await startService({ ...environment, ...variables }));
    afterEach(async () => {
      for (const client of clients.splice(0)) client.close();
      await service?.stop();
    });

    /** Holds refusals until the test steps on. */
    async function startSteppedRefusals(max: number, variables: Record<string, string> = {}): Promise<SteppedRefusals> {
      const refusals = new SteppedRefusals(max);
      service = await startService({ ...environment, ...variables }, (container) => {
        container.rebind(TOKENS.refusals).toConstantValue(refusals);
      });
      return refusals;
    }

    async function follow(path: string): Promise<StreamClient> {
      const client = await StreamClient.openPath(service.port, path);
      clients.push(client);
      return client;
    }

    const change = (path: string, port = service.port): Promise<Response> =>
      fetch(`http://127.0.0.1:${port}${path}`, {
        method: 'POST',
        headers: { Authorization: `Token ${TOKEN}` },
        body: '{"updated_at":5}',
      });

    it('X-5: treats several slashes as one in the paths of environments', async () => {
      await start();
      const streams = [
        await follow('//sse/environments/env/stream'),
        await follow('/sse//environments///env/stream'),
        await follow('//sse/env/stream'),
      ];
      const ofrep = await follow('//ofrep/v1/sse?channels=env');
      const answer = await change('//sse/environments//env/queue-change');
      expect([answer.status, await answer.json()]).to.deep.equal([200, { updated_at: 5 }]);
      for (const stream of streams) await stream.hears('5');
      await eventually('the event of the stream of OFREP', () => ofrep.events.length === 1);
      for (const path of ['//metricsz', '//debug/environments/env', '//webhooks/flagsmith', '//livez'])
        expect((await fetch(service.url(path))).status, path).to.equal(404);
    });

    it('X-5: does not merge slashes if queue-change has a listener of its own', async () => {
      const refusals = await startSteppedRefusals(10, { INTERNAL_LISTEN_ADDR: '127.0.0.1:0' });
      for (const port of service.ports)
        expect((await change('//sse/environments/env/queue-change', port)).status).to.equal(404);
      const stream = fetch(service.url('//sse/environments/env/stream'));
      await eventually('the refusal to be held', () => refusals.refused === 1);
      await refusals.clock.advance(HOLD_MS);
      expect((await stream).status).to.equal(404);
    });

    it('S-13: opens the stream of the path that Flutter is documented with', async () => {
      await start();
      const stream = await follow('/sse/env/stream');
      await service.publish('env', 7);
      await stream.hears('7');
    });

    it('S-14: holds every 4xx of a path that ends like that of a stream, and answers as usual after it', async () => {
      const refusals = await startSteppedRefusals(100);
      const asked = [
        ['GET', '/sse/environments/a.b/stream', 400, 'invalid_environment'],
        ['GET', '/sse/environments//stream', 400, 'invalid_environment'],
        ['GET', '/sse/environments/stream', 404, 'not_found'],
        ['GET', '/sse/ser.abc/stream', 400, 'invalid_environment'],
        ['GET', '/sse/environments/a/b/stream', 404, 'not_found'],
        ['GET', '/realtime/sse/environments/env/stream', 404, 'not_found'],
        ['GET', '/stream', 404, 'not_found'],
        ['POST', '/sse/environments/env/stream', 405, 'method_not_allowed'],
        ['DELETE', '/sse/env/stream', 405, 'method_not_allowed'],
      ] as const;
      let answered = 0;
      const answers = asked.map(async ([method, path]) => {
        const answer = await fetch(service.url(path), { method, ...(method === 'POST' ? { body: '{}' } : {}) });
        answered++;
        return answer;
      });
      await eventually('all to be held', () => refusals.refused === asked.length);
      await refusals.clock.advance(HOLD_MS - 1);
      // An immediate answer would arrive before this round trip has ended.
      expect((await fetch(service.url('/livez'))).status).to.equal(200);
      expect(answered).to.equal(0);
      await refusals.clock.advance(1);
      for (const [index, answer] of (await Promise.all(answers)).entries()) {
        const [method, path, status, code] = asked[index] ?? [];
        expect([method, path, answer.status, ((await answer.json()) as ErrorBody).error.code]).to.deep.equal([
          method,
          path,
          status,
          code,
        ]);
        expect(answer.headers.get('allow')).to.equal(status === 405 ? 'GET, OPTIONS' : null);
        expect(answer.headers.get('access-control-allow-origin')).to.equal('*');
      }
      const preflight = await fetch(service.url('/sse/env/stream'), { method: 'OPTIONS' });
      expect(preflight.status).to.equal(204);
    });

    it('S-11, S-14: holds refusals of every kind within one bound', async () => {
      const refusals = await startSteppedRefusals(2, { MAX_STREAMS_PER_ADDRESS: '1' });
      await follow('/sse/environments/env/stream');
      const held = [
        fetch(service.url('/sse/environments/env/stream')),
        fetch(service.url('/sse/environments/a.b/stream')),
      ];
      await eventually('both to be held', () => refusals.refused === 2);
      const atOnce = await fetch(service.url('/sse/environments/a.b/stream'));
      expect([atOnce.status, atOnce.headers.get('connection')]).to.deep.equal([400, 'close']);
      await refusals.clock.advance(HOLD_MS);
      expect((await Promise.all(held)).map(({ status }) => status)).to.deep.equal([503, 400]);
    });

    it('H-3: makes /health answer like /readyz, if configured', async () => {
      for (const [variables, whileAway] of [
        [{}, 200],
        [{ HEALTH_CHECKS_LOG: 'on' }, 503],
      ] as const) {
        service = await startService({ ...environment, ...variables }, (container) => {
          (container.get(TOKENS.log) as MemoryLog).interrupt();
        });
        for (const path of ['/health', '/sse/health'])
          expect((await fetch(service.url(path))).status, path).to.equal(whileAway);
        expect((await fetch(service.url('/readyz'))).status).to.equal(503);
        for (const path of ['/livez', '/health/liveness/'])
          expect((await fetch(service.url(path))).status, path).to.equal(200);
        (service.container.get(TOKENS.log) as MemoryLog).restore();
        await eventually('/health', async () => (await fetch(service.url('/health'))).status === 200);
        await service.stop();
      }
      await start();
    });

    it('X-6: serves the metrics also at the path that Prometheus uses by default', async () => {
      await start();
      const families = async (path: string): Promise<string[]> =>
        [...(await (await fetch(service.url(path))).text()).matchAll(/^# HELP (\S+)/gm)].map(
          ([, family = '']) => family,
        );
      expect(await families('/metrics')).to.deep.equal(await families('/metricsz'));
      expect((await families('/metrics')).length).to.be.greaterThan(10);
      expect((await fetch(service.url('/metrics'), { method: 'POST' })).status).to.equal(405);
    });

    it('X-7: accepts the stream age under the name that the published image uses', async () => {
      await start({ MAX_STREAM_AGE: '1' });
      const client = await follow('/sse/environments/env/stream');
      await eventually('the last chunk', () => client.endedProperly);
    });
  });
