import { expect } from 'chai';
import { TOKENS } from '../../infrastructure/container.ts';
import { connectHttp2, Http2Client } from '../support/clients/http2-client.ts';
import { RawClient } from '../support/clients/raw-client.ts';
import { sampleOf } from '../support/documents/metrics-text.ts';
import { eventually } from '../support/eventually.ts';
import { startService } from '../support/servers/running-service.ts';
import { ServiceProcess } from '../support/servers/service-process.ts';
import { sendJson, StubApi } from '../support/servers/stub-api.ts';
import { TRANSPORTS } from '../support/servers/transports.ts';

const PATH = '/api/v1/environment-document/';
const REQUEST = `GET ${PATH} HTTP/1.1\r\nHost: h\r\nX-Environment-Key: ser.abc\r\n\r\n`;
/** The longest that is relayed: far more than the kernel takes of one answer. */
const DOCUMENT = Buffer.from(`{"api_key":"abc","text":"${'0123456789abcdef'.repeat(524_200)}"}`);
const READERS = 60;
const MEGABYTE = 1_048_576;

function relayOf(api: StubApi): Record<string, string> {
  return {
    FLAGS_RELAY: 'on',
    FLAGSMITH_API_URL: api.url,
    FLAGS_MAX_AGE_SECONDS: '3600',
    FLAGSMITH_API_TIMEOUT_SECONDS: '120',
  };
}

describe('Clients of the relay', function () {
  this.timeout(120_000);

  let api: StubApi;
  beforeEach(async () => void (api = await StubApi.start((_request, response) => sendJson(response, DOCUMENT))));
  afterEach(() => api.close());

  for (const { name, environment } of TRANSPORTS)
    it(`that read slowly cost no copy of a document, and receive all of it when they continue to read: ${name}`, async () => {
      const service = await ServiceProcess.start({ ...environment, ...relayOf(api) });
      const resident = async (): Promise<number> =>
        (sampleOf(await (await fetch(service.url('/metricsz'))).text(), 'process_resident_memory_bytes') ?? NaN) /
        MEGABYTE;
      const open = async (): Promise<RawClient> => {
        const client = await RawClient.connect(service.port);
        client.send(REQUEST);
        await client.received('HTTP/1.1 200 OK');
        client.stopReading();
        return client;
      };
      try {
        const readers = [await open()];
        const before = await resident();
        while (readers.length < READERS) readers.push(await open());
        // What the kernel did not take of each is several megabytes.
        expect((await resident()) - before).to.be.lessThan(100);
        for (const reader of readers.slice(0, 1)) {
          reader.readOn();
          await reader.received('cdef"}', 60_000);
          const [head = '', ...rest] = reader.text.split('\r\n\r\n');
          expect(head).to.match(new RegExp(`\r\ncontent-length: ${DOCUMENT.length}(\r\n|$)`, 'i'));
          expect(Buffer.from(rest.join('\r\n\r\n'), 'latin1').equals(DOCUMENT)).to.equal(true);
        }
        expect(api.asked).to.have.length(1);
        for (const reader of readers) reader.destroy();
        expect((await fetch(service.url('/livez'))).status).to.equal(200);
      } finally {
        await service.kill();
      }
    });

  it('that read nothing are cut after ten seconds, on every transport', async () => {
    const ways = [...TRANSPORTS.map(({ environment }) => environment), { HTTP2_LISTEN_ADDR: '127.0.0.1:0' }];
    await Promise.all(
      ways.map(async (environment) => {
        const service = await ServiceProcess.start({ ...environment, ...relayOf(api) });
        const openFiles = async (): Promise<number> =>
          sampleOf(await (await fetch(service.url('/metricsz'))).text(), 'process_open_fds') ?? NaN;
        try {
          const before = await openFiles();
          if ('HTTP2_LISTEN_ADDR' in environment) {
            const session = await connectHttp2(`http://127.0.0.1:${service.ports[1]}`);
            const document = new Http2Client(session, PATH, { 'x-environment-key': 'ser.abc' });
            document.stopReading();
            await eventually('the stream to be reset', () => document.stream.closed, 60_000);
            expect(document.ending).to.equal('cut');
            session.destroy();
            return;
          }
          const clients = await Promise.all(Array.from({ length: 5 }, () => RawClient.connect(service.port)));
          for (const client of clients) {
            client.send(REQUEST);
            await client.received('HTTP/1.1 200 OK');
            client.stopReading();
          }
          expect(await openFiles()).to.be.at.least(before + 5);
          await eventually('all to be cut', async () => (await openFiles()) <= before + 1, 60_000);
          for (const client of clients) client.destroy();
        } finally {
          await service.kill();
        }
      }),
    );
  });

  it('that vanish while they wait leave nothing behind', async () => {
    api.answer = () => undefined;
    const service = await startService(relayOf(api));
    try {
      const relay = service.container.get(TOKENS.relay);
      const clients = await Promise.all(Array.from({ length: 200 }, () => RawClient.connect(service.port)));
      for (const client of clients) client.send(REQUEST);
      await eventually('all to wait', () => relay?.waiting === 200);
      for (const [at, client] of clients.entries())
        if (at % 2 === 0) client.reset();
        else client.destroy();
      await eventually('nobody to wait', () => relay?.waiting === 0);
      await eventually('one request for all of them', () => api.asked.length === 1);
    } finally {
      await service.stop();
    }
  });

  it('that ask for made-up keys take a quarter of the requests at most, and real keys are answered', async () => {
    const service = await startService({ ...relayOf(api), FLAGSMITH_API_CONNECTIONS: '8' });
    const held: (() => void)[] = [];
    try {
      const ask = async (key: string): Promise<number> => {
        const answer = await fetch(service.url('/api/v1/flags/'), { headers: { 'X-Environment-Key': key } });
        await answer.arrayBuffer();
        return answer.status;
      };
      expect(await ask('real')).to.equal(200);
      let number = 0;
      api.answer = (request, response) => {
        if (request.headers['x-environment-key'] === 'real') sendJson(response, `[${++number}]`);
        else held.push(() => sendJson(response, '{}', 403));
      };
      const strangers = Array.from({ length: 300 }, (_, at) => ask(`made-up-${at}`));
      await eventually('two requests of strangers', () => held.length === 2);
      for (let change = 1; change <= 5; change++) {
        await service.publish('real', change);
        await eventually('fresh flags', async () => (await ask('real')) === 200 && number >= change);
      }
      expect(held).to.have.length(2);
      api.answer = (_request, response) => sendJson(response, '{}', 403);
      for (const answer of held) answer();
      expect(new Set(await Promise.all(strangers))).to.deep.equal(new Set([403]));
    } finally {
      await service.stop();
    }
  });
});
