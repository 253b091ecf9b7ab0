import { expect } from 'chai';
import { HeldRefusals } from '../../adapters/http/held-refusals.ts';
import { SystemClock } from '../../adapters/system/system-clock.ts';
import { TOKENS } from '../../infrastructure/container.ts';
import { connectHttp2, Http2Client } from '../support/clients/http2-client.ts';
import { RawClient } from '../support/clients/raw-client.ts';
import { StreamClient } from '../support/clients/stream-client.ts';
import { eventually } from '../support/eventually.ts';
import { type RunningService, startService } from '../support/servers/running-service.ts';
import { TRANSPORTS_AND_UWS_TLS } from '../support/servers/transports.ts';

const PATH = '/ofrep/v1/sse';
const OF_ENV = `${PATH}?channels=env`;
/** Of comparable times, so that one can be less than another. */
const [SEVEN, NINE] = ['1733480507.250000', '1733480509.750000'];

function eventOf(id: string, lastModified: number | string): string {
  return `event: message\nid: ${id}\ndata: {"type":"refetchEvaluation","etag":"\\"${id}\\"","lastModified":${lastModified}}\n\n`;
}

for (const { name, environment, isUws } of TRANSPORTS_AND_UWS_TLS)
  describe(`a stream of OFREP on ${name}`, () => {
    let service: RunningService | undefined;
    const clients: { close(): void }[] = [];

    async function start(variables: Record<string, string> = {}, heldRefusals?: number): Promise<RunningService> {
      service = await startService({ ...environment, ...variables }, (container) => {
        if (heldRefusals === undefined) return;
        container.rebind(TOKENS.refusals).toConstantValue(new HeldRefusals(heldRefusals, new SystemClock()));
      });
      return service;
    }

    async function open(target = OF_ENV, headers: Record<string, string> = {}): Promise<StreamClient> {
      const client = await StreamClient.openPath(service?.port ?? 0, target, headers);
      clients.push(client);
      return client;
    }

    function opened(count: number, target: string): Promise<StreamClient[]> {
      return Promise.all(Array.from({ length: count }, () => open(target)));
    }

    /** The ids that a stream begins with, seen by an event that follows it. */
    async function firstIds(target: string, headers: Record<string, string> = {}): Promise<(string | undefined)[]> {
      const client = await open(target, headers);
      await service?.publish('env', 4711);
      await eventually('the event that follows', () => client.events.some(({ id }) => id?.endsWith('-4711') === true));
      return client.events.map(({ id }) => id).filter((id) => id?.endsWith('-4711') !== true);
    }

    /** What is answered to a request that begins no stream. */
    async function ask(target: string, method = 'GET'): Promise<RawClient> {
      const client = await RawClient.connect(service?.port ?? 0);
      clients.push({ close: () => client.destroy() });
      client.send(`${method} ${target} HTTP/1.1\r\nHost: localhost\r\n\r\n`);
      return client;
    }

    afterEach(async () => {
      for (const client of clients.splice(0)) client.close();
      await service?.stop();
      service = undefined;
    });

    it('O-1: has the head and the first bytes of any other stream, and asks for no token', async () => {
      await start();
      const client = await open();
      for (const line of [
        'Content-Type: text/event-stream',
        'Cache-Control: no-cache, no-transform',
        'X-Accel-Buffering: no',
        'Access-Control-Allow-Origin: *',
        'Transfer-Encoding: chunked',
      ])
        expect(client.head.split('\r\n')).to.include(line);
      expect(client.status).to.equal(200);
      const retry = /^: connected\nretry: (\d+)\n\n/.exec(client.body);
      expect(Number(retry?.[1]), client.body).to.be.within(1000, 5000);
    });

    it('O-1: is kept alive by comments', async () => {
      await start({ KEEP_ALIVE_SECONDS: '1' });
      const client = await open();
      await eventually('a comment', () => client.chunks.includes(':\n\n'));
    });

    it('O-2: refuses a query that does not name one environment, and not at once', async () => {
      await start();
      const beganMs = performance.now();
      const targets = ['', '?', '?channel=env', '?channels', '?channels=env&channels=env', '?Channels=env'];
      const keys = ['', 'a.b', 'a,b', 'a%2Db', 'ser.abc', 'x'.repeat(101), '*'];
      const asked = await Promise.all([
        ...targets.map((query) => ask(PATH + query)),
        ...keys.map((key) => ask(`${PATH}?channels=${key}`)),
      ]);
      for (const [position, client] of asked.entries()) {
        await client.received('}');
        expect(client.text).to.match(/^HTTP\/1\.1 400 /);
        expect(client.text).to.match(/^access-control-allow-origin: \*\r$/im);
        const code = position < targets.length ? 'invalid_channels' : 'invalid_environment';
        expect(client.text, [...targets, ...keys][position]).to.include(`"code":"${code}"`);
      }
      expect(performance.now() - beganMs).to.be.greaterThan(4500);
    });

    it('O-2: refuses it at once where as many are held as may be, and closes the connection', async () => {
      await start({}, 0);
      const client = await ask(PATH);
      await client.received('invalid_channels');
      expect(client.text).to.match(/^connection: close\r$/im);
    });

    it('O-2: passes over other parameters, in whatever place', async () => {
      const { publish } = await start();
      const client = await open(`${PATH}?x=1&channels=env&&channelsx=y&=`);
      await publish('env', 1);
      await eventually('the event', () => client.events.length === 1);
    });

    it('O-3: answers OPTIONS, and no method but GET', async () => {
      await start({}, 0);
      const preflight = await ask(OF_ENV, 'OPTIONS');
      await preflight.received('\r\n\r\n');
      expect(preflight.text).to.match(/^HTTP\/1\.1 204 /);
      expect(preflight.text).to.match(/^access-control-allow-methods: GET, OPTIONS\r$/im);
      for (const method of ['HEAD', 'POST', 'DELETE']) {
        const client = await ask(OF_ENV, method);
        await client.received('\r\n\r\n');
        expect(client.text, method).to.match(/^HTTP\/1\.1 405 /);
        expect(client.text).to.match(/^allow: GET, OPTIONS\r$/im);
      }
    });

    it('O-4: sends an event as these bytes, in one chunk', async () => {
      const { publish } = await start();
      const client = await open();
      await publish('env', '2024-12-06T10:21:54.979725+00:00');
      await eventually('the event', () => client.events.length === 1);
      expect(client.chunks).to.include(eventOf('1-1733480514.979725', 1733480514));
      expect(client.events[0]?.isOneChunk).to.equal(true);
    });

    it('O-4: sends the time at which an update was stored, where its own is none', async () => {
      const { publish } = await start();
      const client = await open();
      const beforeSeconds = Math.floor(Date.now() / 1000);
      await publish('env', 123);
      await eventually('the event', () => client.events.length === 1);
      const { lastModified } = JSON.parse(client.events[0]?.data ?? '{}') as { lastModified: number };
      expect(lastModified).to.be.within(beforeSeconds, Math.ceil(Date.now() / 1000));
      expect(Number.isInteger(lastModified)).to.equal(true);
    });

    it('O-5: tells of a time that went back, and shows the last in log order to a client that connects', async () => {
      const { publish } = await start();
      const early = await open();
      await publish('env', NINE);
      await eventually('the first', () => early.events.length === 1);
      await publish('env', SEVEN);
      const late = await open();
      await eventually('the newest', () => late.events.length > 0);
      // An instance may have put the greatest back by now.
      expect(late.events[0]?.id).to.match(/^(2-1733480507|3-1733480509)/);
      await eventually('the second', () => early.events.length === 2);
      expect(early.events[0]?.id).to.equal(`1-${NINE}`);
    });

    it('O-6: sends the newest on connecting, unless since names it', async () => {
      const { publish } = await start();
      await publish('env', 1);
      expect(await firstIds(OF_ENV)).to.deep.equal(['1-1']);
      await publish('env', 5);
      const known = service?.container.get(TOKENS.hub).newestId('env' as never) ?? '';
      expect(known).to.match(/-5$/);
      expect(await firstIds(`${OF_ENV}&since=${known}`)).to.deep.equal([]);
    });

    it('O-6: counts Last-Event-ID before since, and no since that is there twice', async () => {
      const { publish } = await start({ RESUME: 'off' });
      const sinceFirst = `${PATH}?channels=env&since=1-1`;
      await publish('env', 1);
      expect(await firstIds(sinceFirst, { 'Last-Event-ID': '1-1' })).to.deep.equal([]);
      await publish('env', 2);
      const known = '3-2';
      expect(await firstIds(`${OF_ENV}&since=${known}`, { 'Last-Event-ID': '1-1' })).to.deep.equal([known]);
      await publish('env', 3);
      expect(await firstIds(sinceFirst, { 'Last-Event-ID': '5-3' })).to.deep.equal([]);
      await publish('env', 4);
      expect(await firstIds(`${OF_ENV}&since=7-4&since=7-4`)).to.deep.equal(['7-4']);
    });

    it('O-7: sends the first of several updates at once, and the last of them within a second or so', async () => {
      const { publish } = await start();
      const client = await open();
      for (let value = 1; value <= 20; value++) await publish('env', value);
      await eventually('the first', () => client.events.length > 0);
      await eventually('the last', () => client.events.at(-1)?.id === '20-20');
      expect(client.events.length).to.be.within(2, 10);
    });

    it('O-8: sends as many at once as its own pace allows, whatever the other streams receive', async () => {
      const api = { FLAGSMITH_API_URL: 'http://127.0.0.1:9/api/v1/', OFREP_REFETCH_PER_SECOND: '2' };
      const { publish } = await start({ ...api, ECHO_SECONDS: '0.1' });
      const [paced, others] = [await opened(6, OF_ENV), await opened(6, '/sse/environments/env/stream')];
      const receivedBy = (those: readonly StreamClient[]): number =>
        those.filter(({ events }) => events.length > 0).length;
      const beganMs = performance.now();
      await publish('env', 1);
      await eventually('the event at the others', () => receivedBy(others) === 6);
      await eventually('the event at all of these', () => receivedBy(paced) === 6);
      // Two at once, and four at two a second.
      expect(performance.now() - beganMs).to.be.greaterThan(1900);
      await eventually('the echo at the others', () => others.every(({ events }) => events.length === 2));
      expect(paced.map(({ events }) => events.length)).to.deep.equal([1, 1, 1, 1, 1, 1]);
    });

    for (const [limit, variables] of [
      ['MAX_SUBSCRIBERS', { MAX_SUBSCRIBERS: '1' }],
      ['MAX_STREAMS_PER_ADDRESS', { MAX_STREAMS_PER_ADDRESS: '1' }],
    ] as const)
      it(`O-9: answers beyond ${limit} with a stream that has ended, and a long time to reconnect`, async () => {
        await start(variables);
        const other = await StreamClient.open(service?.port ?? 0, 'env');
        clients.push(other);
        const times = new Set<number>();
        for (let asked = 0; asked < 20; asked++) {
          const client = await ask(OF_ENV);
          await eventually('the connection to close', () => client.ending !== 'open');
          expect(client.text).to.match(/^HTTP\/1\.1 200 /);
          expect(client.text).to.match(/^content-type: text\/event-stream\r$/im);
          expect(client.text).to.match(/^access-control-allow-origin: \*\r$/im);
          expect(client.text).to.match(/^connection: close\r$/im);
          const [, retry, ...rest] = /\r\n\r\n: no room\nretry: (\d+)\n\n$/.exec(client.text) ?? [];
          expect(rest).to.deep.equal([]);
          expect(client.text).to.include(`Content-Length: ${`: no room\nretry: ${retry}\n\n`.length}`);
          times.add(Number(retry));
        }
        for (const time of times) expect(time).to.be.within(15_000, 25_000);
        expect(times.size).to.be.greaterThan(10);
        other.close();
        await eventually('room', () => service?.subscribers === 0);
        expect((await open()).body).to.include(': connected');
      });

    it('O-10: has no age by those of the other streams, and ends properly at its own', async () => {
      await start({ MAX_STREAM_AGE_SECONDS: '1', STREAM_AGE_RULES: 'x=1-2' });
      const [client, other] = [await open(), await StreamClient.open(service?.port ?? 0, 'env')];
      clients.push(other);
      await eventually('the other to end', () => other.endedProperly);
      expect(client.ending).to.equal('open');
      await service?.stop();
      await start({ OFREP_STREAM_AGE_SECONDS: '1' });
      const aged = await open();
      await eventually('its end', () => aged.endedProperly);
    });

    it('O-10: ends properly, with the newest, when the service stops', async () => {
      const { publish } = await start();
      const client = await open();
      await publish('env', 1);
      await eventually('the first', () => client.events.length === 1);
      await publish('env', 2);
      await service?.stop();
      await eventually('its end', () => client.ending !== 'open');
      expect(client.endedProperly).to.equal(true);
      expect(client.events.map(({ id }) => id)).to.deep.equal(['1-1', '2-2']);
    });

    it('O-11: is written to no log line', async () => {
      const lines: unknown[] = [];
      const note = (...line: unknown[]): void => void lines.push(line);
      service = await startService({ ...environment, LOG_LEVEL: 'debug', MAX_SUBSCRIBERS: '1' }, (container) => {
        container.rebind(TOKENS.lineOutput).toConstantValue({ debug: note, info: note, warn: note, error: note });
        container.rebind(TOKENS.refusals).toConstantValue(new HeldRefusals(0, new SystemClock()));
      });
      const client = await open(`${PATH}?channels=env&since=sesame`);
      const refused = await ask(`${PATH}?channels=env&since=sesame`);
      await refused.received('no room');
      const wrong = await ask(`${PATH}?channels=a.b&since=sesame`);
      await wrong.received('invalid_environment');
      await service.publish('env', 1);
      await eventually('the event', () => client.events.length === 1);
      client.close();
      await eventually('the stream to be gone', () => service?.subscribers === 0);
      await service.stop();
      expect(JSON.stringify(lines)).to.include('update_received');
      expect(JSON.stringify(lines)).not.to.match(/sesame|channels|ofrep/);
    });

    if (!isUws)
      it('O-1, O-4, O-9: is the same over HTTP/2, where each event is a frame and no connection is closed', async () => {
        const { publish } = await start({ HTTP2_LISTEN_ADDR: '127.0.0.1:0', MAX_SUBSCRIBERS: '1' });
        const session = await connectHttp2(`http://127.0.0.1:${service?.ports.at(-1)}`);
        clients.push({ close: () => session.destroy() });
        const client = new Http2Client(session, OF_ENV);
        await eventually('the stream', () => client.received.includes(': connected'));
        await publish('env', SEVEN);
        await eventually('the event', () => client.received.includes(eventOf(`1-${SEVEN}`, 1733480507)));
        const refused = new Http2Client(session, OF_ENV);
        await eventually('the end', () => refused.ending === 'ended');
        expect(refused.status).to.equal(200);
        expect(refused.received).to.match(/^: no room\nretry: \d{5}\n\n$/);
        expect(client.ending).to.equal('open');
      });
  });
