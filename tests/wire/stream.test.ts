import { expect } from 'chai';
import { HeldRefusals } from '../../adapters/http/held-refusals.ts';
import type { MemoryLog } from '../../adapters/memory/memory-log.ts';
import { SystemClock } from '../../adapters/system/system-clock.ts';
import type { Timer } from '../../application/ports/clock.ts';
import { TOKENS } from '../../infrastructure/container.ts';
import { eventually } from '../support/eventually.ts';
import { RawClient } from '../support/clients/raw-client.ts';
import { type RunningService, startService } from '../support/servers/running-service.ts';
import { StreamClient } from '../support/clients/stream-client.ts';
import { TRANSPORTS_AND_UWS_TLS } from '../support/servers/transports.ts';

const HOLD_MS = 5000;

/** The machine's clock. It counts the requests that are held, and those of them that are released early. */
class HoldingClock extends SystemClock {
  held = 0;
  forgotten = 0;

  override after(delayMs: number, task: () => void): Timer {
    const timer = super.after(delayMs, task);
    if (delayMs !== HOLD_MS) return timer;
    this.held++;
    return {
      cancel: () => {
        this.forgotten++;
        timer.cancel();
      },
    };
  }
}

for (const { name, environment, isUws } of TRANSPORTS_AND_UWS_TLS)
  describe(`a stream on ${name}`, () => {
    let service: RunningService | undefined;
    const clients: StreamClient[] = [];

    async function start(variables: Record<string, string> = {}): Promise<RunningService> {
      service = await startService({ ...environment, ...variables });
      return service;
    }

    async function open(key = 'env', headers: Record<string, string> = {}): Promise<StreamClient> {
      const client = await StreamClient.open(service?.port ?? 0, key, headers);
      clients.push(client);
      return client;
    }

    afterEach(async () => {
      for (const client of clients.splice(0)) client.close();
      await service?.stop();
      service = undefined;
    });

    it('S-1: has the head that clients and proxies need, and requires no token', async () => {
      await start();
      const client = await open('env', { Accept: 'application/json, text/event-stream' });
      const lines = client.head.split('\r\n').map((line) => line.replace(/^Date: .*/, 'Date: now'));
      expect(lines[0]).to.equal('HTTP/1.1 200 OK');
      for (const line of [
        'Content-Type: text/event-stream',
        'Cache-Control: no-cache, no-transform',
        'X-Accel-Buffering: no',
        'Access-Control-Allow-Origin: *',
        'Connection: keep-alive',
        'Transfer-Encoding: chunked',
      ])
        expect(lines).to.include(line);
      expect(client.head).not.to.match(/content-length|content-encoding/i);
    });

    it('S-1: refuses what is no environment key', async () => {
      // Beyond their bound, refusals are not held.
      const refusals = new HeldRefusals(0, new SystemClock());
      service = await startService(environment, (container) => {
        container.rebind(TOKENS.refusals).toConstantValue(refusals);
      });
      for (const key of ['*', '>', 'a.b', 'a%2Eb', 'ser.abc', 'x'.repeat(101)]) {
        const answer = await fetch(service.url(`/sse/environments/${key}/stream`));
        expect([key, answer.status]).to.deep.equal([key, 400]);
        expect(((await answer.json()) as { error: { code: string } }).error.code).to.equal('invalid_environment');
      }
    });

    it('S-2: begins at once, with a comment and a random time to reconnect', async () => {
      await start();
      const times = new Set<number>();
      for (let opened = 0; opened < 20; opened++) {
        const client = await open();
        const retry = /^: connected\nretry: (\d+)\n\n/.exec(client.body);
        expect(retry, client.body).not.to.equal(null);
        times.add(Number(retry?.[1]));
      }
      for (const time of times) expect(time).to.be.within(1000, 5000);
      expect(times.size).to.be.greaterThan(10);
    });

    it('S-3: sends an event as these bytes, with LF line ends', async () => {
      const { publish } = await start();
      const client = await open();
      await publish('env', '2024-12-06T10:21:54.079725+00:00');
      await client.hears('1733480514.079725');
      expect(client.body).to.include(
        'event: environment_updated\nid: 1-1733480514.079725\ndata: {"updated_at":1733480514.079725}\n\n',
      );
      expect(client.body).not.to.include('\r');
    });

    it('S-3: leaves only the data line when the name is empty', async () => {
      const { publish } = await start({ SSE_EVENT_NAME: '' });
      const client = await open();
      await publish('env', 1);
      await publish('env', 2);
      await client.hears('2');
      const withoutComments = client.chunks.filter((chunk) => !chunk.startsWith(':'));
      expect(withoutComments).to.deep.equal(['data: {"updated_at":1}\n\n', 'data: {"updated_at":2}\n\n']);
    });

    it('S-4: sends an event as one chunk, closed at once', async () => {
      const { publish } = await start();
      const client = await open();
      for (let value = 1; value <= 5; value++) {
        await publish('env', value);
        await client.hears(`${value}`);
      }
      expect(client.events.map(({ isOneChunk }) => isOneChunk)).to.deep.equal([true, true, true, true, true]);
    });

    it('S-5: sends a comment when nothing else was sent, and not earlier', async () => {
      const { publish } = await start({ KEEP_ALIVE_SECONDS: '1' });
      const beforeMs = performance.now();
      const client = await open();
      const { length } = client.body;
      await eventually('a keep-alive', () => client.body.length > length);
      expect(performance.now() - beforeMs).to.be.greaterThan(900);
      expect(client.body.slice(length)).to.match(/^:\n\n/);
      await publish('env', 7);
      await client.hears('7');
    });

    it('S-6: sends a new subscriber the newest update at once, and nothing of other environments', async () => {
      const { publish } = await start();
      await publish('env', 123);
      await publish('other', 456);
      await (await open('env')).hears('123');
      expect((await open('none')).heard).to.deep.equal([]);
    });

    it('S-6: treats the greatest of comparable times as the newest', async () => {
      const { publish } = await start();
      const early = await open();
      await publish('env', '2024-12-06T10:00:00Z');
      await early.hears('1733479200.000000');
      await publish('env', '2024-12-06T09:00:00Z');
      await early.hears('1733475600.000000');
      await (await open()).hears('1733479200.000000');
      expect(early.heard).to.deep.equal(['1733479200.000000', '1733475600.000000']);
    });

    it('S-6: treats the last in order as the newest if times cannot be compared', async () => {
      const { publish } = await start();
      const ahead = Math.floor(Date.now() / 1000) + 90_000;
      for (const value of [ahead, '2024-12-06T10:00:00Z', 3_133_690_620_000, 123]) await publish('env', value);
      await (await open()).hears('123');
      await publish('env', '2024-12-06T10:00:00Z');
      await (await open()).hears('1733479200.000000');
    });

    it('S-6: does not show an update past its retention', async () => {
      const { publish } = await start({ RETENTION_SECONDS: '1' });
      await publish('env', 123);
      await eventually('the update to expire', async () => (await open()).heard.length === 0);
    });

    it('S-7: sends every update in log order', async () => {
      const { publish } = await start();
      const client = await open();
      for (const value of [5, 1, 3, 2]) {
        await publish('env', value);
        await eventually(`${value} to be heard`, () => client.heard.at(-1) === String(value));
      }
      expect(client.heard).to.deep.equal(['5', '1', '3', '2']);
    });

    it('S-8: sends the newest update to every client that connects, unless configured otherwise', async () => {
      const { publish } = await start();
      await publish('env', 123);
      await (await open('env', { 'Last-Event-ID': '1-123' })).hears('123');
    });

    it('S-8: with RESUME=on spares the client whose header names the newest exactly', async () => {
      const { publish, url } = await start({ RESUME: 'on' });
      await publish('env', 123);
      const resumed = await open('env', { 'Last-Event-ID': '1-123' });
      await (await open('env', { 'Last-Event-ID': '1-12' })).hears('123');
      const answer = await fetch(url('/sse/environments/env/stream?lastEventId=1-123'));
      const reader = answer.body?.getReader();
      let text = '';
      while (!text.includes('"updated_at":123')) text += Buffer.from((await reader?.read())?.value ?? []).toString();
      await reader?.cancel();
      await publish('env', 124);
      await resumed.hears('124');
      expect(resumed.heard).to.deep.equal(['124']);
    });

    it('S-9: ends a stream properly at its age', async () => {
      await start({ MAX_STREAM_AGE_SECONDS: '1' });
      const client = await open();
      await eventually('the last chunk', () => client.endedProperly);
    });

    it('S-9: ends the streams of the SDKs that need it, by their User-Agent', async () => {
      await start({ STREAM_AGE_RULES: 'Dart/=0.5-1,Faraday=0.5-1' });
      const others = await open('env', { 'User-Agent': 'Mozilla/5.0 Dart/3.1' });
      for (const agent of ['Dart/3.1 (dart:io)', 'Faraday v2.7.4']) {
        const client = await open('env', { 'User-Agent': agent });
        await eventually(`the stream of ${agent} to end`, () => client.endedProperly);
      }
      expect(others.endedProperly).to.equal(false);
    });

    it('S-9: ends streams properly when the service stops', async () => {
      const running = await start();
      const client = await open();
      await running.stop();
      service = undefined;
      await eventually('the last chunk', () => client.endedProperly);
    });

    it('S-10: opens and holds streams while the log is unreachable, and sends updates when it is back', async () => {
      const { container, publish } = await start({ APPEND_DEADLINE_MS: '200' });
      const log = container.get(TOKENS.log) as MemoryLog;
      log.interrupt();
      const client = await open();
      expect(client.status).to.equal(200);
      expect((await publish('env', 5)).status).to.equal(503);
      log.restore();
      await client.hears('5');
    });

    it('S-11: refuses one stream too many, after a delay', async () => {
      await start({ MAX_SUBSCRIBERS: '1' });
      const first = await open();
      const beganMs = performance.now();
      const answer = await fetch(service?.url('/sse/environments/env/stream') ?? '');
      expect(performance.now() - beganMs).to.be.greaterThan(4500);
      expect([answer.status, ((await answer.json()) as { error: { code: string } }).error.code]).to.deep.equal([
        503,
        'too_many_subscribers',
      ]);
      first.close();
      await eventually('the place to be free', async () => (await open()).status === 200);
    });

    it('S-11: forgets a held request whose client disconnects', async () => {
      const clock = new HoldingClock();
      service = await startService({ ...environment, MAX_SUBSCRIBERS: '1' }, (container) => {
        container.rebind(TOKENS.clock).toConstantValue(clock);
      });
      await open();
      const held = await RawClient.connect(service.port);
      // Others may wait as long.
      const waiting = clock.held;
      await held.sent('GET /sse/environments/env/stream HTTP/1.1\r\nHost: a\r\n\r\n');
      await eventually('the request to be held', () => clock.held === waiting + 1);
      held.reset();
      await eventually('the request to be forgotten', () => clock.forgotten === 1);
      expect((await fetch(service.url('/livez'))).status).to.equal(200);
    });

    if (isUws)
      it('S-1: sends head, greeting and newest update in one write', async () => {
        const { publish } = await start();
        await publish('env', 123);
        const client = await open();
        await client.hears('123');
        expect(client.raw.reads).to.equal(1);
      });
  });
