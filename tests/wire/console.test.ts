import { expect } from 'chai';
import { type RunningService, startService, TOKEN } from '../support/servers/running-service.ts';
import { StreamClient } from '../support/clients/stream-client.ts';
import { eventually } from '../support/eventually.ts';
import { TRANSPORTS } from '../support/servers/transports.ts';

const AUTHORIZED = { headers: { Authorization: `Token ${TOKEN}` } };
const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

for (const transport of TRANSPORTS)
  describe(`The console on ${transport.name}`, () => {
    let service: RunningService;
    afterEach(() => service?.stop());

    /** What a stream has sent when it has sent a text. */
    async function read(answer: Response, text: string): Promise<string> {
      let received = '';
      if (answer.body === null) throw new Error('there is no body');
      for await (const piece of answer.body.pipeThrough(new TextDecoderStream())) {
        received += piece;
        if (received.includes(text)) break;
      }
      return received;
    }

    it('has a page under a strict policy, which anyone may load', async () => {
      service = await startService({ ...transport.environment, CONSOLE: 'on' });
      const files = {
        '/console': 'text/html',
        '/console/console.js': 'text/javascript',
        '/console/history.js': 'text/javascript',
        '/console/metrics.js': 'text/javascript',
        '/console/sparkline.js': 'text/javascript',
        '/console/console.css': 'text/css',
      };
      for (const [path, type] of Object.entries(files)) {
        const answer = await fetch(service.url(path));
        expect([answer.status, answer.headers.get('content-type')]).to.deep.equal([200, `${type}; charset=utf-8`]);
        expect(answer.headers.get('content-security-policy')).to.equal(POLICY);
        expect(answer.headers.get('x-content-type-options')).to.equal('nosniff');
        expect(await answer.text()).not.to.include(TOKEN);
      }
      expect((await fetch(service.url('/console'), { method: 'POST' })).status).to.equal(405);
      expect((await fetch(service.url('/console/other.js'))).status).to.equal(404);
    });

    it('shows the state and streams only with the token', async () => {
      service = await startService({ ...transport.environment, CONSOLE: 'on' });
      for (const path of ['/console/events', '/console/history', '/console/streams/abc'])
        expect((await fetch(service.url(path))).status, path).to.equal(401);
      expect((await fetch(service.url('/console/streams/a.b'), AUTHORIZED)).status).to.equal(400);
      const events = await fetch(service.url('/console/events'), AUTHORIZED);
      expect(events.headers.get('content-type')).to.equal('text/event-stream');
      expect(await read(events, '"verdict"')).to.match(
        /\ndata: \{"overview":\{"worker":null,"verdict":"(ready|starting)"/,
      );
      const stream = await fetch(service.url('/console/streams/abc'), AUTHORIZED);
      await service.publish('abc', 123);
      expect(await read(stream, '123')).to.match(
        /event: environment_updated\nid: 1-123\ndata: \{"updated_at":123\}\n\n/,
      );
    });

    it('has samples of the last minutes, also from before anyone looked', async () => {
      service = await startService({ ...transport.environment, CONSOLE: 'on' });
      const client = await StreamClient.open(service.port, 'abc');
      await service.publish('abc', 123);
      await client.hears('123');
      client.close();
      interface Sample {
        readonly opened: number;
        readonly changes: number;
        readonly delivery: { readonly bounds: readonly number[]; readonly counts: readonly number[] };
      }
      let samples: readonly Sample[] = [];
      await eventually('a sample', async () => {
        const answer = await fetch(service.url('/console/history'), AUTHORIZED);
        const body = (await answer.json()) as { sampleMs: number; samples: readonly Sample[] };
        expect(body.sampleMs).to.equal(5000);
        samples = body.samples;
        return samples.length > 0;
      });
      const [first] = samples;
      expect([first?.opened, first?.changes]).to.deep.equal([1, 1]);
      expect(first?.delivery.counts.reduce((sum, count) => sum + count, 0)).to.equal(1);
      expect(first?.delivery.counts).to.have.length((first?.delivery.bounds.length ?? 0) + 1);
    });

    it('is only on the internal listener if there is one, and by default nowhere if there is none', async () => {
      service = await startService({ ...transport.environment, INTERNAL_LISTEN_ADDR: '127.0.0.1:0', CONSOLE: 'on' });
      const internal = `http://127.0.0.1:${service.ports[1]}`;
      expect((await fetch(service.url('/console'))).status).to.equal(404);
      expect((await fetch(`${internal}/console`)).status).to.equal(200);
      await service.stop();
      service = await startService({ ...transport.environment, INTERNAL_LISTEN_ADDR: '127.0.0.1:0', CONSOLE: 'off' });
      expect((await fetch(`http://127.0.0.1:${service.ports[1]}/console`)).status).to.equal(404);
      await service.stop();
      service = await startService(transport.environment);
      expect((await fetch(service.url('/console'))).status).to.equal(404);
    });

    it('releases a page that was closed, and all pages when the service stops', async () => {
      service = await startService({ ...transport.environment, CONSOLE: 'on' });
      const pages = [];
      for (let count = 0; count < 8; count++) pages.push(await openPage());
      expect((await fetch(service.url('/console/events'), AUTHORIZED)).status).to.equal(503);
      pages[0]?.close();
      await eventually('room for another page', async () => {
        const answer = await fetch(service.url('/console/events'), AUTHORIZED);
        await answer.body?.cancel();
        return answer.status === 200;
      });
      await service.stop();
      for (const page of pages) await eventually('the end of the page', () => page.raw.ending !== 'open');
    });

    function openPage(): Promise<StreamClient> {
      return StreamClient.openPath(service.port, '/console/events', AUTHORIZED.headers);
    }
  });
