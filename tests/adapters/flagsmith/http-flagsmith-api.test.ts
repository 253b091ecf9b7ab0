import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { createServer as createSecureServer } from 'node:https';
import { createServer, type Socket } from 'node:net';
import type { AddressInfo } from 'node:net';
import { promisify } from 'node:util';
import { gunzipSync } from 'node:zlib';
import { expect } from 'chai';
import { HttpFlagsmithApi } from '../../../adapters/flagsmith/http-flagsmith-api.ts';
import type { ApiOutcome, ApiRequest } from '../../../application/ports/flagsmith-api.ts';
import { CertificateFiles } from '../../support/servers/certificate-files.ts';
import { eventually } from '../../support/eventually.ts';
import { readFileSync } from 'node:fs';
import { ServiceProcess } from '../../support/servers/service-process.ts';
import { sendJson, StubApi } from '../../support/servers/stub-api.ts';

const REQUEST: ApiRequest = { path: 'flags/', environmentKey: 'abc', accept: 'application/json' };
const JSON_HEAD = 'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n';

describe('The Flagsmith API over HTTP', () => {
  const closing: (() => Promise<unknown>)[] = [];
  afterEach(async () => {
    for (const close of closing.splice(0).reverse()) await close();
  });

  function apiAt(baseUrl: string): HttpFlagsmithApi {
    const api = new HttpFlagsmithApi({ baseUrl, maxRequests: 4 });
    closing.push(() => api.close());
    return api;
  }

  /** An API that answers a request with these bytes, and what its connections sent. */
  async function raw(answer: (socket: Socket, request: number) => void): Promise<{ url: string; requests: string[] }> {
    const requests: string[] = [];
    const sockets = new Set<Socket>();
    const server = createServer((socket) => {
      sockets.add(socket.on('error', () => undefined));
      socket.on('data', (data) => {
        requests.push(data.toString('latin1'));
        answer(socket, requests.length);
      });
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    closing.push(async () => {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    });
    return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/prefix/api/v1/`, requests };
  }

  async function asked(bytes: string | Buffer): Promise<ApiOutcome> {
    const { url } = await raw((socket) => socket.end(bytes));
    return apiAt(url).ask(REQUEST, new AbortController().signal);
  }

  function the(outcome: ApiOutcome): Extract<ApiOutcome, { kind: 'answered' }>['answer'] {
    if (outcome.kind === 'failed') throw new Error(`${outcome.reason}: ${outcome.detail}`);
    return outcome.answer;
  }

  it('sends the path below its base URL, and nothing else', async () => {
    const { url, requests } = await raw((socket) => socket.end(`${JSON_HEAD}Content-Length: 2\r\n\r\n[]`));
    the(await apiAt(url).ask({ ...REQUEST, environmentKey: '' }, new AbortController().signal));
    expect(requests[0]?.replace(/host: .*\r\n/, '')).to.equal(
      'GET /prefix/api/v1/flags/ HTTP/1.1\r\nconnection: keep-alive\r\naccept: application/json\r\nvia: 1.1 halyard\r\n\r\n',
    );
  });

  it('keeps the names, the order and the values of headers, except those of the connection', async () => {
    const answer = the(
      await asked(
        `${JSON_HEAD}X-B: 1\r\nset-cookie: a=b\r\nX-A:  two words \r\nKeep-Alive: timeout=5\r\nVary: A\r\nVary: B\r\n` +
          'Content-Length: 2\r\nDate: now\r\nX-Strange: \u00e4\r\n\r\n[]',
      ),
    );
    expect(answer.headers).to.deep.equal([
      ['Content-Type', 'application/json'],
      ['X-B', '1'],
      ['X-A', 'two words'],
      ['Vary', 'A'],
      ['Vary', 'B'],
    ]);
  });

  it('reads chunks, compresses a body once, and gives equal bodies an equal digest', async () => {
    const body = JSON.stringify(Array.from({ length: 300 }, (_, at) => ({ at })));
    const chunks = `${JSON_HEAD}Transfer-Encoding: chunked\r\n\r\n${body.length.toString(16)}\r\n${body}\r\n0\r\n\r\n`;
    const [one, other] = [
      the(await asked(chunks)),
      the(await asked(`${JSON_HEAD}Content-Length: ${body.length}\r\n\r\n${body}`)),
    ];
    expect(Buffer.from(one.body).toString()).to.equal(body);
    expect(gunzipSync(one.gzip ?? '').toString()).to.equal(body);
    expect(one.digest)
      .to.equal(other.digest)
      .and.not.equal(the(await asked(`${JSON_HEAD}Content-Length: 2\r\n\r\n[]`)).digest);
  });

  for (const [what, bytes, reason] of [
    ['no HTTP', 'nonsense\r\n\r\n', 'unreadable'],
    ['headers of more than 16 KB', `${JSON_HEAD}X: ${'x'.repeat(17_000)}\r\n\r\n`, 'unreadable'],
    [
      'an encoding that nobody asked for',
      `${JSON_HEAD}Content-Encoding: gzip\r\nContent-Length: 2\r\n\r\n[]`,
      'unreadable',
    ],
    ['less than it says', `${JSON_HEAD}Content-Length: 20\r\n\r\n[]`, 'unreachable'],
    ['nothing', '', 'unreachable'],
    [
      'more than 8 MB',
      Buffer.concat([Buffer.from(`${JSON_HEAD}Content-Length: 8388609\r\n\r\n`), Buffer.alloc(8_388_609, ' ')]),
      'too_large',
    ],
  ] as const)
    it(`fails as ${reason} with ${what}`, async () => {
      expect(await asked(bytes)).to.include({ kind: 'failed', reason });
    });

  it('fails as unreachable if nothing listens, and says so', async () => {
    const stub = await StubApi.start();
    const { url } = stub;
    await stub.close();
    const outcome = await apiAt(url).ask(REQUEST, new AbortController().signal);
    expect(outcome).to.include({ kind: 'failed', reason: 'unreachable' });
    expect(outcome.kind === 'failed' && outcome.detail).to.match(/ECONNREFUSED/);
  });

  it('accepts a body of 8 MB', async () => {
    const answer = the(
      await asked(
        Buffer.concat([Buffer.from(`${JSON_HEAD}Content-Length: 8388608\r\n\r\n`), Buffer.alloc(8_388_608, ' ')]),
      ),
    );
    expect(answer.body.byteLength).to.equal(8_388_608);
  });

  it('asks once more, and only once, if a kept connection was closed under the request', async () => {
    const { url, requests } = await raw((socket, request) => {
      if (request === 2) socket.destroy();
      else if (request < 4) socket.write(`${JSON_HEAD}Content-Length: 3\r\n\r\n[${request}]`);
      else socket.destroy();
    });
    const api = apiAt(url);
    const { signal } = new AbortController();
    const numbers = [the(await api.ask(REQUEST, signal)), the(await api.ask(REQUEST, signal))].map(({ body }) =>
      Buffer.from(body).toString(),
    );
    expect(numbers).to.deep.equal(['[1]', '[3]']);
    expect(await api.ask(REQUEST, signal)).to.include({ kind: 'failed', reason: 'unreachable' });
    expect(requests).to.have.length(5);
  });

  it('follows no redirect', async () => {
    const { url, requests } = await raw((socket) =>
      socket.end('HTTP/1.1 302 Found\r\nLocation: /elsewhere\r\nContent-Length: 0\r\n\r\n'),
    );
    const { status, headers } = the(await apiAt(url).ask(REQUEST, new AbortController().signal));
    expect([status, headers]).to.deep.equal([302, [['Location', '/elsewhere']]]);
    expect(requests).to.have.length(1);
  });

  it('ends a request by its signal, and all requests in flight when it is closed', async () => {
    const { url, requests } = await raw(() => undefined);
    const api = apiAt(url);
    const controller = new AbortController();
    const [cancelled, closed] = [api.ask(REQUEST, controller.signal), api.ask(REQUEST, new AbortController().signal)];
    await eventually('both requests', () => requests.length === 2);
    controller.abort();
    expect(await cancelled).to.include({ kind: 'failed', reason: 'cancelled' });
    await api.close();
    expect(await closed).to.include({ kind: 'failed' });
    expect(await api.ask(REQUEST, controller.signal)).to.include({ kind: 'failed', reason: 'cancelled' });
  });

  it('trusts an authority of NODE_EXTRA_CA_CERTS, and no other stranger', async function () {
    this.timeout(60_000);
    const files = await CertificateFiles.make();
    closing.push(() => files.remove());
    const [cert, key] = [readFileSync(files.certFile), readFileSync(files.keyFile)];
    const server = createSecureServer({ cert, key }, (_request, response) => sendJson(response, '[]')).listen(
      0,
      '127.0.0.1',
    );
    await once(server, 'listening');
    closing.push(async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    });
    const FLAGSMITH_API_URL = `https://127.0.0.1:${(server.address() as AddressInfo).port}/api/v1/`;
    const statuses = [{}, { NODE_EXTRA_CA_CERTS: files.certFile }].map(async (trust) => {
      const service = await ServiceProcess.start({
        HTTP1_TRANSPORT: 'node',
        FLAGS_RELAY: 'on',
        FLAGSMITH_API_URL,
        ...trust,
      });
      try {
        const { status } = await fetch(service.url('/api/v1/flags/'), { headers: { 'X-Environment-Key': 'abc' } });
        if (status !== 200) expect((await service.logged('flags_api_failed'))['reason']).to.equal('unreachable');
        return status;
      } finally {
        await service.kill();
      }
    });
    expect(await Promise.all(statuses)).to.deep.equal([503, 200]);
  });

  it('is not loaded by a service that asks no API', async () => {
    const at = (path: string): string => new URL(`../../../infrastructure/${path}`, import.meta.url).href;
    const script = `
      import { createRequire } from 'node:module';
      const { readConfig } = await import(${JSON.stringify(at('config.js'))});
      const { composeService, TOKENS } = await import(${JSON.stringify(at('container.js'))});
      const service = composeService(readConfig(process.env)).get(TOKENS.service);
      await service.start();
      const { cache } = createRequire(import.meta.url);
      process.stdout.write(String(Object.keys(cache).some((path) => path.includes('/undici/'))));
      process.exit(0);`;
    const loads = async (more: Record<string, string>): Promise<string> => {
      const env = {
        LISTEN_ADDR: '127.0.0.1:0',
        UPDATE_LOG: 'memory',
        HTTP1_TRANSPORT: 'node',
        SSE_AUTHENTICATION_TOKEN: 'x',
        LOG_LEVEL: 'silent',
        ...more,
      };
      return (await promisify(execFile)(process.execPath, ['--input-type=module', '-e', script], { env })).stdout;
    };
    const FLAGSMITH_API_URL = 'http://127.0.0.1:9/api/v1/';
    expect(await loads({})).to.equal('false');
    expect(await loads({ FLAGSMITH_API_URL })).to.equal('true');
  }).timeout(60_000);
});
