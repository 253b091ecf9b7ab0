import { gunzipSync } from 'node:zlib';
import { expect } from 'chai';
import type { MemoryLog } from '../../adapters/memory/memory-log.ts';
import { TOKENS } from '../../infrastructure/container.ts';
import { askHttp1, type HttpAnswer, type HttpAsk } from '../support/clients/http-answer.ts';
import { sampleOf } from '../support/documents/metrics-text.ts';
import { eventually } from '../support/eventually.ts';
import { ASKED_TRANSPORTS } from '../support/servers/asked-transports.ts';
import {
  type Captured,
  capturedAnswer,
  capturedAnswers,
  CapturedApi,
  CLIENT_KEY,
  SERVER_KEY,
} from '../support/servers/captured-api.ts';
import { type RunningService, startService } from '../support/servers/running-service.ts';
import { sendJson, StubApi } from '../support/servers/stub-api.ts';

const FLAGS = '/api/v1/flags/';
const DOCUMENT = '/api/v1/environment-document/';
/** What transports write themselves, and what is replaced or added. */
const NOT_THE_APIS =
  /^(date|connection|keep-alive|content-length|content-encoding|transfer-encoding|uwebsockets|set-cookie|age|etag|x-halyard-stale|access-control-.*)$/;

function withKey(key: string, more: Record<string, string> = {}): HttpAsk {
  return { headers: { 'X-Environment-Key': key, ...more } };
}

/** What was asked of the real API, asked of the relay. */
function asCaptured({ method, requestHeaders }: Captured): HttpAsk {
  const passed = [...requestHeaders].filter(([name]) => !['host', 'connection', 'content-length'].includes(name));
  return { method, headers: Object.fromEntries(passed) };
}

function errorCode({ body }: HttpAnswer): string {
  return (JSON.parse(body.toString()) as { error: { code: string } }).error.code;
}

function ownOf(lines: HttpAnswer['lines']): readonly string[] {
  return lines.filter(([name]) => !NOT_THE_APIS.test(name)).map(([name, value]) => `${name}: ${value}`);
}

function expectTheApis(answer: HttpAnswer, captured: Captured): void {
  const lines = captured.headers.map(([name, value]) => [name.toLowerCase(), value] as const);
  const own = [...ownOf(lines)];
  // A body of which there is a compressed form, too.
  const vary = own.findIndex((line) => line.startsWith('vary: '));
  if (captured.status === 200 && captured.body.length >= 1024 && !answer.header('content-type')?.includes('html'))
    own[vary] = `${own[vary] ?? ''}, Accept-Encoding`;
  expect(ownOf(answer.lines), captured.name).to.deep.equal(own);
  expect([answer.status, answer.body.toString()], captured.name).to.deep.equal([
    captured.status,
    captured.method === 'HEAD' ? '' : captured.body,
  ]);
}

for (const { name, environment, ask } of ASKED_TRANSPORTS)
  describe(`flags on ${name}`, () => {
    let service: RunningService;
    let api: CapturedApi;

    async function start(more: Record<string, string> = {}): Promise<void> {
      api = await CapturedApi.start();
      service = await startService({ ...environment, FLAGSMITH_API_URL: api.url, FLAGS_RELAY: 'on', ...more });
    }

    afterEach(async () => {
      await service?.stop();
      await api?.close();
    });

    it('F-1: are paths of the public listeners only, if the relay is on', async () => {
      await start({ FLAGS_RELAY: 'off' });
      for (const path of [FLAGS, DOCUMENT]) expect((await ask(service, path)).status).to.equal(404);
      await service.stop();
      await api.close();
      await start({ INTERNAL_LISTEN_ADDR: '127.0.0.1:0' });
      for (const path of [FLAGS, DOCUMENT]) {
        expect((await ask(service, path, withKey(SERVER_KEY))).status).to.equal(200);
        expect((await askHttp1(service.ports[1] ?? 0, path)).status).to.equal(404);
      }
    });

    it('F-1: take GET, HEAD and preflights, and no path without the slash at its end', async () => {
      await start();
      const post = await ask(service, FLAGS, { method: 'POST', ...withKey(CLIENT_KEY) });
      expect([post.status, post.header('allow')]).to.deep.equal([405, 'GET, HEAD, OPTIONS']);
      expect(errorCode(post)).to.equal('method_not_allowed');
      expect((await ask(service, '/api/v1/flags', withKey(CLIENT_KEY))).status).to.equal(404);
      expect((await ask(service, '/api/v1/identities/', withKey(CLIENT_KEY))).status).to.equal(404);
      for (const path of [FLAGS, DOCUMENT]) {
        const preflight = await ask(service, path, { method: 'OPTIONS' });
        const { headers } = capturedAnswer('flags-preflight');
        const names = (text = ''): string[] => text.toLowerCase().split(', ');
        const allowed = headers.find(([header]) => header === 'Access-Control-Allow-Headers')?.[1];
        expect(preflight.status).to.equal(204);
        expect(names(preflight.header('access-control-allow-headers'))).to.include.members(names(allowed));
        expect(preflight.header('access-control-allow-methods')).to.equal('GET, HEAD, OPTIONS');
        expect(preflight.header('access-control-max-age')).to.equal('86400');
        expect(preflight.header('access-control-allow-origin')).to.equal('*');
      }
      expect(api.asked).to.deep.equal([]);
    });

    it('F-2: take one key at the most', async () => {
      await start();
      for (const keys of [
        ['a', 'b'],
        [CLIENT_KEY, CLIENT_KEY],
        [CLIENT_KEY, ''],
        'a,b',
        'a b',
        'ser.',
        'ser.a.b',
        'a'.repeat(101),
      ]) {
        const answer = await ask(service, FLAGS, { headers: { 'X-Environment-Key': keys } });
        expect([String(keys), answer.status, errorCode(answer)]).to.deep.equal([
          String(keys),
          400,
          'invalid_environment_key',
        ]);
        expect(answer.header('access-control-allow-origin')).to.equal('*');
      }
      expect(api.asked).to.deep.equal([]);
    });

    it('F-2: are requested from the API by the path and the key alone', async () => {
      await start();
      const sent = {
        Authorization: 'Bearer secret',
        Cookie: 'csrftoken=secret',
        'X-Forwarded-For': '192.0.2.1',
        'If-Modified-Since': 'Tue, 24 Nov 2026 08:59:31 GMT',
        'If-None-Match': 'W/"x"',
        'Accept-Encoding': 'gzip',
        Origin: 'https://app.example',
        'User-Agent': 'an SDK',
      };
      await ask(service, DOCUMENT, withKey(SERVER_KEY, sent));
      const [asked] = api.asked;
      expect([asked?.method, asked?.target]).to.deep.equal(['GET', DOCUMENT]);
      const headers = Object.fromEntries(asked?.headers ?? []);
      expect(headers).to.deep.equal({
        host: new URL(api.url).host,
        connection: 'keep-alive',
        accept: 'application/json',
        via: '1.1 halyard',
        'x-environment-key': SERVER_KEY,
      });
    });

    it('F-3: have the status, the headers and the body of the API, byte for byte', async () => {
      await start();
      const relayed = capturedAnswers().filter(
        (captured) =>
          captured.requestHeaders.size > 0 &&
          ['GET', 'HEAD'].includes(captured.method) &&
          !['flags-no-slash', 'flags-client-gzip-on', 'document-ims'].includes(captured.name),
      );
      expect(relayed).to.have.length(16);
      for (let time = 0; time < 2; time++)
        for (const captured of relayed)
          expectTheApis(await ask(service, captured.target, asCaptured(captured)), captured);
    });

    it('F-3: have another answer for each key: a client-side key hides what a server-side key shows', async () => {
      await start();
      for (let time = 0; time < 2; time++) {
        expect((await ask(service, FLAGS, withKey(CLIENT_KEY))).body.toString()).to.not.include('secret_f');
        expect((await ask(service, FLAGS, withKey(SERVER_KEY))).body.toString()).to.include('secret_f');
      }
      expect(api.asked).to.have.length(2);
    });

    it('F-3: can be read by pages of other origins, with the header that says how new they are', async () => {
      await start();
      const answer = await ask(service, FLAGS, withKey(CLIENT_KEY, { Origin: 'https://app.example' }));
      expect(answer.header('access-control-allow-origin')).to.equal('*');
      expect(answer.header('access-control-expose-headers')?.split(', ')).to.include.members([
        'X-Flagsmith-Document-Updated-At',
        'Retry-After',
        'ETag',
      ]);
      expect(answer.header('x-flagsmith-document-updated-at')).to.equal('1795510771.133306');
    });

    it('F-3: carry no cookie, and an answer for one origin is for all', async () => {
      await start();
      const page = await ask(service, DOCUMENT, withKey(SERVER_KEY, { Accept: 'text/html' }));
      expect(page.body.toString()).to.match(/^\s*<!DOCTYPE html>/);
      expect(page.header('set-cookie')).to.equal(undefined);
      api.always = 'flags-client-origin';
      const answer = await ask(service, FLAGS, withKey(CLIENT_KEY));
      expect(answer.header('access-control-allow-origin')).to.equal('*');
    });

    it('F-4: are answered with 304 if the caller has them', async () => {
      await start();
      const first = await ask(service, FLAGS, withKey(CLIENT_KEY));
      const etag = first.header('etag') ?? '';
      expect(etag).to.match(/^W\/"[\w-]+"$/);
      for (const known of [etag, etag.slice(2), '*', `"x", ${etag}`]) {
        const again = await ask(service, FLAGS, withKey(CLIENT_KEY, { 'If-None-Match': known }));
        expect([known, again.status, again.body.length]).to.deep.equal([known, 304, 0]);
        expect([again.header('etag'), again.header('content-type')]).to.deep.equal([etag, undefined]);
        expect(again.header('x-flagsmith-document-updated-at')).to.equal('1795510771.133306');
        expect(again.header('access-control-allow-origin')).to.equal('*');
      }
      const other = await ask(service, FLAGS, withKey(SERVER_KEY, { 'If-None-Match': etag }));
      expect(other.status).to.equal(200);
      // A wrong key is reported as wrong.
      const wrong = await ask(service, FLAGS, withKey('nosuchkey', { 'If-None-Match': '*' }));
      expect(wrong.status).to.equal(403);
      expect(api.asked).to.have.length(3);
    });

    it('F-4: never ask the API whether something changed, because it may wrongly answer no', async () => {
      await start();
      const answer = await ask(service, DOCUMENT, asCaptured(capturedAnswer('document-ims')));
      expect(answer.status).to.equal(200);
    });

    it('F-5: are compressed for callers that accept gzip, from a kilobyte on, and HEAD has the same headers', async () => {
      await start();
      const gzip = await ask(service, DOCUMENT, withKey(SERVER_KEY, { 'Accept-Encoding': 'br, gzip;q=0.5' }));
      const { body } = capturedAnswer('document-server');
      expect([gzip.header('content-encoding'), gunzipSync(gzip.body).toString()]).to.deep.equal(['gzip', body]);
      expect(gzip.header('vary')).to.equal('Accept, Origin, Accept-Encoding');
      for (const encoding of ['gzip;q=0', 'br', '']) {
        const plain = await ask(service, DOCUMENT, withKey(SERVER_KEY, { 'Accept-Encoding': encoding }));
        expect([plain.header('content-encoding'), plain.body.toString()]).to.deep.equal([undefined, body]);
        expect(plain.header('etag')).to.equal(gzip.header('etag'));
      }
      const small = await ask(service, FLAGS, withKey(CLIENT_KEY, { 'Accept-Encoding': 'gzip' }));
      expect(small.header('content-encoding')).to.equal(undefined);
      const head = await ask(service, DOCUMENT, {
        method: 'HEAD',
        ...withKey(SERVER_KEY, { 'Accept-Encoding': 'gzip' }),
      });
      expect([head.body.length, head.header('content-length')]).to.deep.equal([0, String(gzip.body.length)]);
      expect(api.asked.map(({ method }) => method)).to.deep.equal(['GET', 'GET']);
    });

    it('F-9: with a query, or in another form, are requested separately for each caller', async () => {
      await start();
      for (const captured of ['flags-one', 'flags-one-missing', 'flags-accept-html', 'document-accept-html'].map(
        capturedAnswer,
      ))
        for (let time = 0; time < 2; time++)
          expectTheApis(await ask(service, captured.target, asCaptured(captured)), captured);
      expect(api.asked).to.have.length(8);
      expect((await ask(service, `${FLAGS}?`, withKey(CLIENT_KEY))).status).to.equal(200);
      expect((await ask(service, FLAGS, withKey(CLIENT_KEY))).header('age')).to.equal('0');
      expect(api.asked).to.have.length(9);
      const long = await ask(service, `${FLAGS}?${'x'.repeat(2049)}`, withKey(CLIENT_KEY));
      expect([long.status, errorCode(long)]).to.deep.equal([400, 'invalid_query']);
    });
  });

describe('fresh flags', () => {
  let service: RunningService;
  let api: StubApi;

  async function start(more: Record<string, string> = {}): Promise<void> {
    api = await StubApi.start();
    service = await startService({ FLAGSMITH_API_URL: api.url, FLAGS_RELAY: 'on', ...more });
    await eventually('the log to be followed', async () => (await fetch(service.url('/readyz'))).status === 200);
  }

  afterEach(async () => {
    await service?.stop();
    await api?.close();
  });

  const get = (key = CLIENT_KEY, path = FLAGS): Promise<HttpAnswer> => askHttp1(service.port, path, withKey(key));
  const body = async (key = CLIENT_KEY): Promise<string> => (await get(key)).body.toString();

  async function counted(sample: string): Promise<number | undefined> {
    return sampleOf(await (await fetch(service.url('/metricsz'))).text(), sample);
  }

  it('F-6: are requested once until an update arrives, and then once more', async () => {
    await start({ FLAGS_MAX_AGE_SECONDS: '3600' });
    expect(await Promise.all([body(), body(), body()])).to.deep.equal(['[1]', '[1]', '[1]']);
    await service.publish(CLIENT_KEY, 1_733_480_514);
    // The log delivers a turn or more after it has stored.
    await eventually('the next request', async () => (await body()) === '[2]');
    expect(await Promise.all([body(), body()])).to.deep.equal(['[2]', '[2]']);
    expect(await counted('halyard_flags_requests_total{outcome="ok"}')).to.equal(2);
    expect(await counted('halyard_flags_request_duration_seconds_count')).to.equal(2);
  });

  it('F-6: say their age, and are requested again after FLAGS_MAX_AGE_SECONDS', async () => {
    await start({ FLAGS_MAX_AGE_SECONDS: '1.5' });
    expect((await get()).header('age')).to.equal('0');
    await eventually('an age of a second', async () => (await get()).header('age') === '1');
    await eventually('the next request', async () => (await body()) === '[2]');
  });

  it('F-6: wait for an answer to a request that was sent after the update', async () => {
    await start();
    const held: (() => void)[] = [];
    let number = 0;
    api.answer = (_request, response) => {
      const text = `[${++number}]`;
      held.push(() => sendJson(response, text));
    };
    const before = body();
    await eventually('the first request', () => held.length === 1);
    await service.publish(CLIENT_KEY, 1_733_480_514);
    await eventually('the update', () => service.container.get(TOKENS.hub).newest(CLIENT_KEY as never) !== undefined);
    const after = body();
    await eventually('both to wait', async () => (await counted('halyard_flags_waiting')) === 2);
    held[0]?.();
    expect(await before).to.equal('[1]');
    await eventually('the second request', () => held.length === 2);
    held[1]?.();
    expect(await after).to.equal('[2]');
  });

  it('F-6: of a server-side key go by the updates of the environment that its document names', async () => {
    await start({ FLAGS_MAX_AGE_SECONDS: '3600' });
    let number = 0;
    api.answer = (request, response) => {
      const names = request.url === DOCUMENT ? `"api_key":"${CLIENT_KEY}",` : '';
      sendJson(response, `{${names}"number":${++number}}`);
    };
    for (let time = 0; time < 2; time++) {
      expect((await get(SERVER_KEY, DOCUMENT)).body.toString()).to.match(/"number":1/);
      expect(await body(SERVER_KEY)).to.equal('{"number":2}');
    }
    await service.publish(CLIENT_KEY, 1_733_480_514);
    await eventually('both to be asked for again', async () => {
      const answers = [await body(SERVER_KEY), (await get(SERVER_KEY, DOCUMENT)).body.toString()];
      return answers.every((answer) => Number(/"number":(\d+)/.exec(answer)?.[1]) > 2);
    });
  });

  it('F-6: are kept for a second at the most while the log is not followed', async () => {
    await start({ FLAGS_MAX_AGE_SECONDS: '3600' });
    await body();
    (service.container.get(TOKENS.log) as MemoryLog).interrupt();
    await eventually('the next request', async () => (await body()) === '[2]');
  });

  it('F-7: are the last good ones while the API is down, slow or wrong, with their age, and then are fresh again', async () => {
    await start({ FLAGS_MAX_AGE_SECONDS: '0.1', FLAGSMITH_API_TIMEOUT_SECONDS: '1' });
    await body();
    const well = api.answer;
    for (const [trouble, answer] of Object.entries<StubApi['answer']>({
      down: (request) => request.socket.destroy(),
      slow: () => undefined,
      refusing: (_request, response) => sendJson(response, '{}', 500),
      'a page of something in between': (_request, response) =>
        response.writeHead(200, { 'Content-Type': 'text/html' }).end('<p>Log in'),
      'a redirect': (_request, response) => response.writeHead(302, { Location: 'http://127.0.0.1:1/' }).end(),
      'cut short': (request, response) => {
        response.writeHead(200, { 'Content-Type': 'application/json', 'Content-Length': 100 }).write('[');
        setImmediate(() => request.socket.destroy());
      },
      'too large': (_request, response) => sendJson(response, Buffer.alloc(8_388_609, ' ')),
      'encoded unasked': (_request, response) =>
        response.writeHead(200, { 'Content-Type': 'application/json', 'Content-Encoding': 'br' }).end('[]'),
      'no HTTP': (request) => request.socket.end('nonsense\r\n\r\n'),
    })) {
      api.answer = answer;
      // An update has the API asked at once; otherwise it is left alone for a second.
      await service.publish(CLIENT_KEY, 1);
      await eventually(`a stale answer of an API that is ${trouble}`, async () => {
        const stale = await get();
        expect([stale.status, stale.body.toString().replace(/\d+/, 'n')]).to.deep.equal([200, '[n]']);
        return stale.header('x-halyard-stale') === '1' && /^\d+$/.test(stale.header('age') ?? '');
      });
      api.answer = well;
      await service.publish(CLIENT_KEY, 2);
      await eventually('a fresh one', async () => (await get()).header('x-halyard-stale') === undefined);
    }
    expect(await counted('halyard_flags_requests_total{outcome="timeout"}')).to.be.greaterThan(0);
    expect(await counted('halyard_flags_answers_total{outcome="stale"}')).to.be.greaterThan(7);
  });

  it('F-7: are 503 if there are no earlier ones, and the answer of the API if it gives one', async () => {
    await start();
    api.answer = (request) => request.socket.destroy();
    const down = await get();
    expect([down.status, errorCode(down), down.header('retry-after')]).to.deep.equal([
      503,
      'flagsmith_unavailable',
      '1',
    ]);
    api.answer = (_request, response) => sendJson(response, '{"detail":"maintenance"}', 503);
    await eventually('what the API says', async () => (await body()) === '{"detail":"maintenance"}');
    api.answer = (_request, response) => response.writeHead(302, { Location: 'http://127.0.0.1:1/' }).end();
    await eventually('a redirect, which is for the caller', async () => (await get()).header('location') !== undefined);
  });

  it('F-8: of a key that is refused are 403, and no longer what they were', async () => {
    await start({ FLAGS_MAX_AGE_SECONDS: '0.1' });
    await body();
    const well = api.answer;
    api.answer = (_request, response) => sendJson(response, '{"detail":"Invalid or missing Environment Key"}', 403);
    await eventually('the refusal', async () => (await get()).status === 403);
    api.answer = (request) => request.socket.destroy();
    await eventually('nothing in its place', async () => (await get()).status === 503);
    api.answer = well;
    await eventually('flags again', async () => (await get()).status === 200);
  });

  it('F-10: are 503 when as many callers wait as may, and those that already wait are answered', async () => {
    // The real key's flags must be kept until the end: requested again, they would wait behind the one that is held.
    await start({
      FLAGS_MAX_AGE_SECONDS: '3600',
      FLAGSMITH_API_CONNECTIONS: '1',
      FLAGSMITH_API_TIMEOUT_SECONDS: '120',
    });
    await body('real');
    const held: (() => void)[] = [];
    api.answer = (_request, response) => held.push(() => sendJson(response, '[0]'));
    const waiting = Array.from({ length: 1025 }, (_, at) => get(`made-up-${at}`));
    await eventually('all but the last to wait', async () => (await counted('halyard_flags_waiting')) === 1025);
    const refused = await get('made-up-last');
    expect([refused.status, errorCode(refused), refused.header('retry-after')]).to.deep.equal([
      503,
      'too_many_requests',
      '1',
    ]);
    expect(await counted('halyard_flags_answers_total{outcome="busy"}')).to.equal(1);
    expect(await body('real')).to.equal('[1]');
    api.answer = (_request, response) => sendJson(response, '[0]');
    held[0]?.();
    const statuses = new Set((await Promise.all(waiting)).map(({ status }) => status));
    expect([...statuses]).to.deep.equal([200]);
  });

  it('F-2: are not requested from the relay itself', async () => {
    await start();
    const loop = await startService({ FLAGS_RELAY: 'on', FLAGSMITH_API_URL: service.url('/api/v1/') });
    try {
      const answer = await askHttp1(loop.port, FLAGS, withKey(CLIENT_KEY));
      expect([answer.status, errorCode(answer)]).to.deep.equal([508, 'relay_loop']);
      expect(api.asked).to.deep.equal([]);
    } finally {
      await loop.stop();
    }
  });
});
