import { expect } from 'chai';
import type { MemoryLog } from '../../adapters/memory/memory-log.ts';
import { TOKENS } from '../../infrastructure/container.ts';
import { eventually } from '../support/eventually.ts';
import { RawClient } from '../support/clients/raw-client.ts';
import { type RunningService, startService, TOKEN } from '../support/servers/running-service.ts';
import { StreamClient } from '../support/clients/stream-client.ts';
import { ALL_TRANSPORTS } from '../support/servers/transports.ts';

const LIVE = ['/livez', '/health', '/sse/health', '/health/liveness', '/health/liveness/'];
const READY = ['/readyz', '/health/readiness', '/health/readiness/'];

async function code(answer: Response): Promise<string> {
  return ((await answer.json()) as { error: { code: string } }).error.code;
}

for (const { name, environment, isUws } of ALL_TRANSPORTS)
  describe(`every endpoint on ${name}`, () => {
    let service: RunningService;
    async function start(variables: Record<string, string> = {}): Promise<RunningService> {
      return (service = await startService({ ...environment, ...variables }));
    }
    afterEach(() => service?.stop());

    it('H-1, H-2: answers health checks by all their names', async () => {
      await start();
      await eventually('the service to be ready', async () => (await fetch(service.url('/readyz'))).status === 200);
      for (const path of [...LIVE, ...READY]) {
        const answer = await fetch(service.url(path));
        expect([path, answer.status, await answer.text()]).to.deep.equal([path, 200, '{"status":"ok"}']);
      }
    });

    it('H-2: is not ready before the log was read', async () => {
      await startService(environment).then((running) => (service = running));
      const log = service.container.get(TOKENS.log) as MemoryLog;
      await eventually('the service to be ready', async () => (await fetch(service.url('/readyz'))).status === 200);
      await service.stop();
      service = await startService(environment, (container) => {
        const unreachable = container.get(TOKENS.log) as MemoryLog;
        unreachable.interrupt();
      });
      expect(log).not.to.equal(service.container.get(TOKENS.log));
      const answer = await fetch(service.url('/readyz'));
      expect([answer.status, await code(answer)]).to.deep.equal([503, 'starting']);
      expect((await fetch(service.url('/livez'))).status).to.equal(200);
    });

    it('H-2: reports when it is full', async () => {
      await start({ MAX_SUBSCRIBERS: '1' });
      const client = await StreamClient.open(service.port, 'env');
      const answer = await fetch(service.url('/readyz'));
      expect([answer.status, await code(answer)]).to.deep.equal([503, 'full']);
      client.close();
      await eventually('room again', async () => (await fetch(service.url('/readyz'))).status === 200);
    });

    it('H-2: reports that it is draining, and still accepts streams for a while', async () => {
      await start({ DRAIN_WAIT_SECONDS: '1' });
      const stopped = service.stop();
      const answer = await fetch(service.url('/readyz'));
      expect([answer.status, await code(answer)]).to.deep.equal([503, 'draining']);
      const client = await StreamClient.open(service.port, 'env');
      expect(client.status).to.equal(200);
      await stopped;
      await eventually('the stream to end properly', () => client.endedProperly);
      await start();
    });

    it('X-1: lets every origin in, and answers preflights', async () => {
      await start();
      for (const [path, methods] of [
        ['/sse/environments/env/stream', 'GET, OPTIONS'],
        ['/sse/environments/env/queue-change', 'POST, OPTIONS'],
        ['/livez', 'GET, HEAD, OPTIONS'],
        ['/readyz', 'GET, HEAD, OPTIONS'],
      ] as const) {
        const answer = await fetch(service.url(path), { method: 'OPTIONS', headers: { Origin: 'https://a.example' } });
        expect([answer.status, await answer.text()]).to.deep.equal([204, '']);
        expect(answer.headers.get('access-control-allow-origin')).to.equal('*');
        expect(answer.headers.get('access-control-allow-methods')).to.equal(methods);
        expect(answer.headers.get('access-control-allow-headers')).to.equal(
          'Authorization, Content-Type, Cache-Control, Last-Event-ID, X-Requested-With, X-Environment-Key',
        );
        expect(answer.headers.get('access-control-max-age')).to.equal('86400');
        expect(answer.headers.get('content-length')).to.equal(null);
      }
    });

    it('X-1, X-2: says what is not there, and which methods are', async () => {
      await start();
      for (const path of [
        '/',
        '/sse',
        '/sse/environments/a',
        '/sse/environments/a/b/queue-change',
        '/livez/x',
        '/%2Flivez',
      ]) {
        const answer = await fetch(service.url(path));
        expect([path, answer.status, await code(answer)]).to.deep.equal([path, 404, 'not_found']);
        expect(answer.headers.get('access-control-allow-origin')).to.equal('*');
      }
      for (const [path, allow] of [
        ['/livez', 'GET, HEAD, OPTIONS'],
        ['/sse/environments/env/queue-change', 'POST, OPTIONS'],
      ] as const) {
        const answer = await fetch(service.url(path), { method: 'DELETE' });
        expect([answer.status, await code(answer)]).to.deep.equal([405, 'method_not_allowed']);
        expect(answer.headers.get('allow')).to.equal(allow);
        expect(answer.headers.get('access-control-allow-origin')).to.equal('*');
      }
    });

    it('X-2: ignores a query, and answers HEAD on health', async () => {
      await start();
      expect((await fetch(service.url('/livez?x=/y'))).status).to.equal(200);
      const answer = await fetch(service.url('/livez'), { method: 'HEAD' });
      expect([answer.status, await answer.text()]).to.deep.equal([200, '']);
    });

    it('X-3: answers queue-change only inside, and streams only outside, if configured', async () => {
      await start({ INTERNAL_LISTEN_ADDR: '127.0.0.1:0' });
      const [outside, inside] = service.ports;
      const change = (port?: number): Promise<Response> =>
        fetch(`http://127.0.0.1:${port}/sse/environments/env/queue-change`, {
          method: 'POST',
          headers: { Authorization: `Token ${TOKEN}` },
          body: '{"updated_at":1}',
        });
      const client = await StreamClient.open(outside ?? 0, 'env');
      expect((await change(outside)).status).to.equal(404);
      expect((await change(inside)).status).to.equal(200);
      await client.hears('1');
      expect((await fetch(`http://127.0.0.1:${inside}/sse/environments/env/stream`)).status).to.equal(404);
      for (const port of [outside, inside])
        expect((await fetch(`http://127.0.0.1:${port}/livez`)).status).to.equal(200);
      client.close();
    });

    async function talk(...parts: string[]): Promise<RawClient> {
      const client = await RawClient.connect(service.port);
      for (const part of parts) await client.sent(part);
      return client;
    }

    it('X-4: accepts a header block of nearly 16 KB', async () => {
      await start();
      const client = await talk('GET /livez HTTP/1.1\r\nHost: a\r\n');
      // In pieces: what comes as one is read without being kept.
      for (let sent = 0; sent < 15; sent++) {
        await client.sent(`X-${sent}: ${'a'.repeat(1000)}\r\n`);
        await fetch(service.url('/livez'));
      }
      client.send('\r\n');
      await client.received('{"status":"ok"}');
    });

    it('C-8: refuses a request with two lengths, and closes', async () => {
      await start();
      const client = await talk(
        `POST /sse/environments/env/queue-change HTTP/1.1\r\nHost: a\r\nAuthorization: Token ${TOKEN}\r\n` +
          'Content-Length: 16\r\nContent-Length: 17\r\n\r\n{"updated_at":1}',
      );
      await client.closed();
      expect(client.text).to.match(/^HTTP\/1.1 400 /);
      expect(client.text.split('HTTP/1.1 ')).to.have.length(2);
    });

    if (isUws) {
      const refused = /^HTTP\/1.1 505 /;

      it('X-4: refuses HTTP/1.0, and what is no request', async () => {
        await start();
        for (const text of [
          'GET /livez HTTP/1.0\r\nHost: a\r\n\r\n',
          '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n',
        ]) {
          const client = await talk(text);
          await client.closed();
          expect(client.text).to.match(refused);
        }
      });

      it('X-4: refuses a length beside a transfer encoding', async () => {
        await start();
        const client = await talk(
          'POST /sse/environments/env/queue-change HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n' +
            'Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
        );
        await client.closed();
        expect(client.text).to.match(/^HTTP\/1.1 400 /);
      });

      it('X-4: refuses a header block that is too large', async () => {
        await start();
        const client = await talk('GET /livez HTTP/1.1\r\nHost: a\r\n');
        for (let sent = 0; sent < 40 && client.ending === 'open'; sent++) {
          client.send(`X-${sent}: ${'a'.repeat(1000)}\r\n`);
          await new Promise((resolve) => setImmediate(resolve));
        }
        await client.closed();
        expect(client.text).to.match(/^(HTTP\/1.1 431 .*)?/);
        expect(client.text).not.to.include('200 OK');
      });

      it('X-4: reads a request that arrives byte by byte, except for the known fault of one build', async () => {
        await start();
        const request = 'GET /livez HTTP/1.1\r\nHost: a\r\n\r\n';
        const hasKnownFault = process.versions.modules === '115';
        for (let split = 1; split < request.length; split++) {
          const client = await talk(request.slice(0, split));
          // A round trip through the service shows that it has read the first part by now.
          await fetch(service.url('/livez'));
          client.send(request.slice(split));
          await eventually(`an answer when split at ${split}`, () => client.text.includes('\r\n\r\n'));
          const isKnownFault = hasKnownFault && refused.test(client.text) && split >= 4 && split <= 20;
          if (!isKnownFault) expect(client.text, `split at ${split}`).to.match(/^HTTP\/1.1 200 OK/);
          client.destroy();
        }
      });
    }
  });
