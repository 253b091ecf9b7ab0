import { expect } from 'chai';
import { eventually } from '../support/eventually.ts';
import { sampleOf } from '../support/documents/metrics-text.ts';
import { RawClient } from '../support/clients/raw-client.ts';
import { type RunningService, startService } from '../support/servers/running-service.ts';
import { StreamClient } from '../support/clients/stream-client.ts';
import { TRANSPORTS_AND_UWS_TLS } from '../support/servers/transports.ts';

const REQUESTS = 2000;
const STREAM = 'GET /sse/environments/abc/stream HTTP/1.1\r\nHost: h\r\n\r\n';
const HEALTH = 'GET /livez HTTP/1.1\r\nHost: h\r\n\r\n';

for (const { name, environment } of TRANSPORTS_AND_UWS_TLS)
  describe(`requests that do not wait for their answers, on ${name}`, () => {
    let service: RunningService;
    afterEach(() => service?.stop());

    async function opened(): Promise<number | undefined> {
      const page = await (await fetch(service.url('/metricsz'))).text();
      return sampleOf(page, 'flagsmith_sse_subscribers_total');
    }

    it('X-4: take one stream at most, and end with their connection', async () => {
      service = await startService(environment);
      const client = await RawClient.connect(service.port);
      client.send(STREAM.repeat(REQUESTS));
      await client.closed();
      await eventually('the stream to be forgotten', () => service.subscribers === 0);
      expect(await opened()).to.be.at.most(1);
    });

    it('X-4: end a stream that is open on their connection, and no other', async () => {
      service = await startService(environment);
      const other = await StreamClient.open(service.port, 'abc');
      for (const request of [STREAM, HEALTH]) {
        const client = await StreamClient.open(service.port, 'abc');
        client.raw.send(request);
        await client.raw.closed();
        await eventually('the stream to be forgotten', () => service.subscribers === 1);
        expect(client.raw.text.split('HTTP/1.1 ')).to.have.length(2);
      }
      expect(await opened()).to.equal(3);
      await service.publish('abc', 1);
      await other.hears('1');
      other.close();
    });

    it('X-4: are held by a full service one at a time', async () => {
      service = await startService({ ...environment, MAX_SUBSCRIBERS: '1' });
      const first = await StreamClient.open(service.port, 'abc');
      const client = await RawClient.connect(service.port);
      client.send(STREAM + STREAM);
      // Long before the first of them would be refused.
      await client.closed(4000);
      expect(client.text).to.equal('');
      first.close();
    });

    it('X-4: may follow a stream that has ended, and answers that are whole', async () => {
      service = await startService({ ...environment, MAX_STREAM_AGE_SECONDS: '1' });
      const client = await StreamClient.open(service.port, 'abc');
      await eventually('the end of the stream', () => client.endedProperly);
      client.raw.send(HEALTH.repeat(3));
      await eventually('the answers', () => client.raw.text.split('{"status":"ok"}').length === 4);
      client.close();
    });
  });
