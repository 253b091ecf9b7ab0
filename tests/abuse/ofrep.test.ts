import { readFileSync } from 'node:fs';
import { createServer as createTlsServer } from 'node:https';
import { expect } from 'chai';
import { TOKENS } from '../../infrastructure/container.ts';
import { askHttp1, type HttpAnswer } from '../support/clients/http-answer.ts';
import { RawClient } from '../support/clients/raw-client.ts';
import { eventually } from '../support/eventually.ts';
import { RecordedLogger } from '../support/memory/recorded-logger.ts';
import { CertificateFiles } from '../support/servers/certificate-files.ts';
import { EvaluatingApi } from '../support/servers/evaluating-api.ts';
import { type RunningService, startService } from '../support/servers/running-service.ts';
import { ServiceProcess } from '../support/servers/service-process.ts';
import { TRANSPORTS } from '../support/servers/transports.ts';

const BULK = '/ofrep/v1/evaluate/flags';
const KEY = 'a-key-that-no-line-has';

function evaluate(port: number, context: unknown, path = BULK): Promise<HttpAnswer> {
  const headers = { 'X-API-Key': KEY };
  return askHttp1(port, path, { method: 'POST', headers, body: JSON.stringify({ context }) });
}

describe('OFREP evaluations', function () {
  this.timeout(120_000);

  let api: EvaluatingApi;
  let service: RunningService;
  const logger = new RecordedLogger();

  async function start(more: Record<string, string> = {}): Promise<void> {
    api = await EvaluatingApi.start();
    service = await startService({ FLAGSMITH_API_URL: api.url, ...more }, (container) => {
      container.rebind(TOKENS.lineOutput).toConstantValue(logger);
    });
  }

  afterEach(async () => {
    await service?.stop();
    await api?.close();
  });

  for (const { name, environment } of TRANSPORTS)
    it(`O-31: refuse a context of a megabyte, and go on: ${name}`, async () => {
      await start(environment);
      const client = await RawClient.connect(service.port);
      const body = JSON.stringify({ context: { targetingKey: 'u'.repeat(1_048_576) } });
      client.send(
        `POST ${BULK} HTTP/1.1\r\nHost: h\r\nX-API-Key: ${KEY}\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
      );
      // Its other end may see the connection closed before the answer, as it is still sending.
      await client.closed();
      if (client.text !== '') expect(client.text).to.match(/^HTTP\/1\.1 413 /);
      expect(api.asked).to.deep.equal([]);
      expect((await evaluate(service.port, {})).status).to.equal(200);
    });

  for (const { name, environment } of TRANSPORTS)
    it(`O-31: read a thousand bodies at a time and refuse the next: ${name}`, async () => {
      await start(environment);
      const head = `POST ${BULK} HTTP/1.1\r\nHost: h\r\nX-API-Key: ${KEY}\r\nContent-Length: 14\r\n\r\n{`;
      const clients: RawClient[] = [];
      try {
        while (clients.length < 1024) {
          const client = await RawClient.connect(service.port);
          client.send(head);
          clients.push(client);
        }
        let last = await evaluate(service.port, {});
        await eventually('all bodies to be begun', async () => {
          last = await evaluate(service.port, {});
          return last.status === 503;
        });
        expect(last.header('retry-after')).to.equal('1');
        for (const client of clients) client.destroy();
        await eventually('room again', async () => (await evaluate(service.port, {})).status === 200);
      } finally {
        for (const client of clients) client.destroy();
      }
    });

  it('O-30: answer 503 to a first load and a refetch alike while the API hangs, before their clients give up', async () => {
    await start();
    api.behaviour = () => undefined;
    const beganMs = performance.now();
    const answers = await Promise.all([
      evaluate(service.port, {}),
      evaluate(service.port, { targetingKey: 'u' }),
      evaluate(service.port, { targetingKey: 'u' }, `${BULK}?flagConfigEtag=%221-1%22`),
    ]);
    for (const answer of answers) expect([answer.status, answer.header('retry-after')]).to.deep.equal([503, '1']);
    expect(performance.now() - beganMs).to.be.within(7000, 60_000);
    expect(service.container.get(TOKENS.relay)?.waiting).to.equal(0);
  });

  it('O-30: answer 503 to a body of the API without an end, and to one that is too long', async () => {
    await start({ FLAGSMITH_API_TIMEOUT_SECONDS: '2' });
    for (const length of [64, 1_048_576]) {
      api.behaviour = (_asked, response) => {
        response.writeHead(200, { 'Content-Type': 'application/json' });
        const more = (): void => {
          if (!response.destroyed) response.write(' '.repeat(length), () => setTimeout(more, length < 1000 ? 50 : 0));
        };
        more();
      };
      const answer = await evaluate(service.port, { targetingKey: 'u' });
      expect([answer.status, answer.header('retry-after')]).to.deep.equal([503, '1']);
    }
  });

  it('O-22: send on no header that a key brings, and log neither a key nor a stream', async () => {
    await start();
    const client = await RawClient.connect(service.port);
    const body = '{"context":{}}';
    client.send(
      `POST ${BULK} HTTP/1.1\r\nHost: h\r\nX-API-Key: ${KEY}%0d%0aX-Evil: 1\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
    );
    await client.received('HTTP/1.1 401 ');
    client.destroy();
    expect(api.asked).to.deep.equal([]);
    api.flags = [{ name: 'f', value: 'x'.repeat(100) }];
    expect((await evaluate(service.port, { targetingKey: 'u' })).status).to.equal(200);
    api.behaviour = (_asked, response) => void response.writeHead(500).end('no');
    expect((await evaluate(service.port, { targetingKey: 'u' })).status).to.equal(503);
    const lines = JSON.stringify(logger.lines);
    expect(lines).to.include('flags_api_failed');
    expect(lines).not.to.include(KEY);
    expect(lines).not.to.include('channels=');
  });

  for (const { name, environment } of TRANSPORTS)
    it(`leave nothing behind where clients vanish while they wait: ${name}`, async () => {
      await start(environment);
      api.behaviour = () => undefined;
      const body = '{"context":{"targetingKey":"u"}}';
      const clients = await Promise.all(Array.from({ length: 50 }, () => RawClient.connect(service.port)));
      for (const client of clients)
        client.send(
          `POST ${BULK} HTTP/1.1\r\nHost: h\r\nX-API-Key: ${KEY}\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
        );
      const relay = service.container.get(TOKENS.relay);
      await eventually('all to wait', () => relay?.waiting === 50);
      for (const client of clients) client.reset();
      await eventually('no caller to wait', () => relay?.waiting === 0);
    });
});

describe('OFREP evaluations by an API with a private authority', function () {
  this.timeout(120_000);

  it('O-30: trust it by NODE_EXTRA_CA_CERTS, and answer 503 without', async () => {
    const files = await CertificateFiles.make();
    const [cert, key] = [readFileSync(files.certFile), readFileSync(files.keyFile)];
    const api = await EvaluatingApi.start(createTlsServer({ cert, key }));
    try {
      for (const [trust, status] of [
        [{ NODE_EXTRA_CA_CERTS: files.certFile }, 200],
        [{}, 503],
      ] as const) {
        const url = `https://127.0.0.1:${api.port}/api/v1/`;
        const service = await ServiceProcess.start({ FLAGSMITH_API_URL: url, ...trust });
        try {
          expect((await evaluate(service.port, { targetingKey: 'u' })).status).to.equal(status);
        } finally {
          await service.kill();
        }
      }
    } finally {
      await api.close();
      await files.remove();
    }
  });
});
