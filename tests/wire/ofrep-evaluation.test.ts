import { expect } from 'chai';
import type { EnvironmentId } from '../../domain/environment-id.ts';
import { TOKENS } from '../../infrastructure/container.ts';
import { askHttp1, type HttpAnswer } from '../support/clients/http-answer.ts';
import { expectOfrep } from '../support/documents/ofrep-schema.ts';
import { eventually } from '../support/eventually.ts';
import { ASKED_TRANSPORTS } from '../support/servers/asked-transports.ts';
import { CapturedApi, CLIENT_KEY, SERVER_KEY } from '../support/servers/captured-api.ts';
import { EvaluatingApi, json } from '../support/servers/evaluating-api.ts';
import { type RunningService, startService } from '../support/servers/running-service.ts';

const BULK = '/ofrep/v1/evaluate/flags';
const KEY = 'env-1';

interface Bulk {
  readonly flags: readonly Record<string, unknown>[];
  readonly eventStreams?: readonly { readonly endpoint: { readonly requestUri: string } }[];
}

function bodyOf(answer: HttpAnswer): unknown {
  return JSON.parse(answer.body.toString());
}

function failureOf(answer: HttpAnswer): [status: number, errorCode: string] {
  return [answer.status, (bodyOf(answer) as { errorCode: string }).errorCode];
}

for (const { name, environment, ask } of ASKED_TRANSPORTS)
  describe(`OFREP evaluations on ${name}`, () => {
    let service: RunningService;
    let api: EvaluatingApi;

    async function start(more: Record<string, string> = {}): Promise<void> {
      api = await EvaluatingApi.start();
      service = await startService({ ...environment, FLAGSMITH_API_URL: api.url, ...more });
    }

    /** Evaluates with a context, as the providers do. */
    function evaluate(
      context: unknown,
      { path = BULK, key = KEY, headers = {} }: { path?: string; key?: string; headers?: Record<string, string> } = {},
    ): Promise<HttpAnswer> {
      const sent = { 'Content-Type': 'application/json; charset=utf-8', 'X-API-Key': key, ...headers };
      return ask(service, path, { method: 'POST', headers: sent, body: JSON.stringify({ context }) });
    }

    async function flagsFor(context: unknown, key = KEY): Promise<Bulk> {
      const answer = await evaluate(context, { key });
      expect(answer.status, answer.body.toString()).to.equal(200);
      const bulk = bodyOf(answer);
      expectOfrep('bulkEvaluationSuccess', bulk);
      return bulk as Bulk;
    }

    afterEach(async () => {
      await service?.stop();
      await api?.close();
    });

    it('X-5: are also found at the path that a base URL with a slash at its end makes', async () => {
      await start();
      const answers = [await evaluate({}, { path: `/${BULK}` }), await evaluate({}, { path: `/${BULK}/unknown` })];
      expect(answers.map(({ status }) => status)).to.deep.equal([200, 404]);
      expect(failureOf(answers[1] as HttpAnswer)).to.deep.equal([404, 'FLAG_NOT_FOUND']);
    });

    it('O-21: are paths where the API is known, of the public listeners alone', async () => {
      api = await EvaluatingApi.start();
      service = await startService(environment);
      for (const path of [BULK, `${BULK}/f1`]) expect((await evaluate({}, { path })).status).to.equal(404);
      await service.stop();
      await api.close();
      await start({ INTERNAL_LISTEN_ADDR: '127.0.0.1:0' });
      for (const path of [BULK, `${BULK}/f1`]) {
        expect((await evaluate({}, { path })).status).to.equal(200);
        expect((await askHttp1(service.ports[1] ?? 0, path, { method: 'POST' })).status).to.equal(404);
        const got = await ask(service, path, { method: 'GET' });
        expect([got.status, got.header('allow')]).to.deep.equal([405, 'POST, OPTIONS']);
      }
      for (const path of [`${BULK}/`, `${BULK}/f1/`, `${BULK}/%E0%A4%A`])
        expect((await evaluate({}, { path })).status, path).to.equal(404);
    });

    it('O-21: have preflights that allow what providers send, and never reach the API', async () => {
      await start();
      for (const path of [BULK, `${BULK}/f1`]) {
        const preflight = await ask(service, path, { method: 'OPTIONS', headers: { Origin: 'https://app.example' } });
        expect(preflight.status).to.equal(204);
        expect(preflight.header('access-control-allow-origin')).to.equal('*');
        expect(preflight.header('access-control-max-age')).to.equal('86400');
        expect(preflight.header('access-control-allow-methods')).to.equal('POST, OPTIONS');
        expect(preflight.header('access-control-allow-headers')?.split(', ')).to.include.members([
          'If-None-Match',
          'X-API-Key',
          'Authorization',
          'Content-Type',
          'X-Environment-Key',
        ]);
      }
      expect(api.asked).to.deep.equal([]);
    });

    it('O-22: take the key from X-API-Key, else X-Environment-Key, else as a bearer token', async () => {
      await start();
      const keyOf = async (headers: Record<string, string | readonly string[]>): Promise<string | undefined> => {
        const answer = await ask(service, BULK, { method: 'POST', headers, body: '{"context":{"targetingKey":"u"}}' });
        expect(answer.status).to.equal(200);
        return api.asked.at(-1)?.key;
      };
      const [one, two, three] = [{ 'X-API-Key': 'a' }, { 'X-Environment-Key': 'b' }, { Authorization: 'bearer c' }];
      expect(await keyOf({ ...one, ...two, ...three })).to.equal('a');
      expect(await keyOf({ ...two, ...three })).to.equal('b');
      expect(await keyOf(three)).to.equal('c');
    });

    it('O-22: answer 401 to a request without one key, and to a key that the API refuses', async () => {
      await start();
      for (const headers of [
        {},
        { 'X-API-Key': ['a', 'b'] },
        { 'X-API-Key': 'a b' },
        { 'X-API-Key': 'ser.' },
        { 'X-API-Key': 'a'.repeat(101) },
        { Authorization: 'Token abc' },
        { Authorization: 'Bearer a,b' },
      ]) {
        const answer = await ask(service, BULK, { method: 'POST', headers, body: '{"context":{}}' });
        expect([headers, ...failureOf(answer)]).to.deep.equal([headers, 401, 'GENERAL']);
        expect(answer.header('access-control-allow-origin')).to.equal('*');
        expectOfrep('bulkEvaluationFailure', bodyOf(answer));
      }
      expect(api.asked).to.deep.equal([]);
      for (const context of [{}, { targetingKey: 'u' }])
        for (const path of [BULK, `${BULK}/f1`])
          expect(failureOf(await evaluate(context, { path, key: 'wrong' }))).to.deep.equal([401, 'GENERAL']);
      expect(api.asked.length).to.be.greaterThan(2);
    });

    it('O-23: ask the API for the flags of an identity, of which nothing is kept there', async () => {
      await start();
      await flagsFor({
        targetingKey: 'user-1',
        plan: 'gold',
        age: 41,
        beta: false,
        nothing: null,
        address: { city: 'Ulm' },
        tags: ['a', 1],
        since: new Date(0),
        traits: { plan: 'silver', region: 'eu', nothing: null },
      });
      expect(api.asked).to.have.length(1);
      expect(api.asked[0]).to.include({ method: 'POST', path: '/api/v1/identities/', key: KEY });
      expect(api.asked[0]?.headers).to.include({ 'content-type': 'application/json', via: '1.1 halyard' });
      expect(api.lastIdentity).to.deep.equal({
        identifier: 'user-1',
        transient: true,
        traits: [
          { trait_key: 'address', trait_value: '{"city":"Ulm"}' },
          { trait_key: 'age', trait_value: 41 },
          { trait_key: 'beta', trait_value: false },
          { trait_key: 'plan', trait_value: 'silver' },
          { trait_key: 'region', trait_value: 'eu' },
          { trait_key: 'since', trait_value: '1970-01-01T00:00:00.000Z' },
          { trait_key: 'tags', trait_value: '["a",1]' },
        ],
      });
    });

    it('O-23: ask for an identity without a name where there are traits alone, and for none where there is nothing', async () => {
      await start();
      await flagsFor({ plan: 'gold', traits: 'three' });
      expect(api.lastIdentity).to.deep.equal({
        identifier: '',
        transient: true,
        traits: [
          { trait_key: 'plan', trait_value: 'gold' },
          { trait_key: 'traits', trait_value: 'three' },
        ],
      });
      for (const context of [{}, { targetingKey: '' }, { targetingKey: null, plan: null, traits: {} }]) {
        await flagsFor(context);
        expect(api.asked.at(-1)).to.include({ method: 'GET', path: '/api/v1/flags/', key: KEY, body: '' });
      }
    });

    it('O-24: map values, reasons, variants and metadata', async () => {
      await start();
      api.flags = [
        { name: 'z-switch-on', value: null, enabled: true },
        { name: 'switch-off', value: '', enabled: false },
        { name: 'text', value: '1.5', enabled: true },
        { name: 'number', value: 42, enabled: true },
        { name: 'no', value: false, enabled: true },
        { name: 'off', value: 'blue', enabled: false },
        { name: 'split', value: 'red', enabled: true, variant: 'b' },
        { name: 'split-off', value: 'red', enabled: false, variant: 'b' },
      ];
      const expected = (anyone: string, split: string): Record<string, unknown>[] => [
        { key: 'no', value: false, reason: anyone, metadata: { enabled: true, featureId: 5 } },
        { key: 'number', value: 42, reason: anyone, metadata: { enabled: true, featureId: 4 } },
        { key: 'off', reason: 'DISABLED', metadata: { enabled: false, featureId: 6 } },
        {
          key: 'split',
          value: 'red',
          reason: split,
          ...(split === 'SPLIT' ? { variant: 'b' } : {}),
          metadata: { enabled: true, featureId: 7 },
        },
        {
          key: 'split-off',
          reason: 'DISABLED',
          ...(split === 'SPLIT' ? { variant: 'b' } : {}),
          metadata: { enabled: false, featureId: 8 },
        },
        { key: 'switch-off', value: false, reason: 'DISABLED', metadata: { enabled: false, featureId: 2 } },
        { key: 'text', value: '1.5', reason: anyone, metadata: { enabled: true, featureId: 3 } },
        { key: 'z-switch-on', value: true, reason: anyone, metadata: { enabled: true, featureId: 1 } },
      ];
      expect((await flagsFor({})).flags).to.deep.equal(expected('STATIC', 'STATIC'));
      const { flags } = await flagsFor({ targetingKey: 'u' });
      expect(flags).to.deep.equal(expected('TARGETING_MATCH', 'SPLIT'));
      for (const flag of flags) {
        const answer = await evaluate({ targetingKey: 'u' }, { path: `${BULK}/${String(flag['key'])}` });
        expect([answer.status, bodyOf(answer)]).to.deep.equal([200, flag]);
        expectOfrep('evaluationSuccess', bodyOf(answer));
      }
    });

    it('O-24: read what a real API answered', async () => {
      const captured = await CapturedApi.start();
      await start({ FLAGSMITH_API_URL: captured.url });
      const f1 = { key: 'f1', reason: 'DISABLED', metadata: { enabled: false, featureId: 2 } };
      const secret = { key: 'secret_f', value: false, reason: 'DISABLED', metadata: { enabled: false, featureId: 53 } };
      expect((await flagsFor({}, CLIENT_KEY)).flags).to.deep.equal([f1]);
      expect((await flagsFor({}, SERVER_KEY)).flags).to.deep.equal([f1, secret]);
      expect((await flagsFor({ targetingKey: 'anon', plan: 'silver' }, CLIENT_KEY)).flags).to.deep.equal([
        { key: 'f1', value: 'seg', reason: 'TARGETING_MATCH', metadata: { enabled: true, featureId: 2 } },
      ]);
      expect(JSON.parse(captured.asked.at(-1)?.body ?? '')).to.deep.equal({
        identifier: 'anon',
        traits: [{ trait_key: 'plan', trait_value: 'silver' }],
        transient: true,
      });
      const refused = await evaluate({ targetingKey: 'u' }, { key: 'nosuchkey' });
      expect(failureOf(refused)).to.deep.equal([401, 'GENERAL']);
      await captured.close();
    });

    it('O-25: answer one flag by its percent-decoded key, and 404 where there is none', async () => {
      await start();
      const odd = 'a/b %"\r\nX: y';
      api.flags = [{ name: odd, value: 'x' }];
      const found = await evaluate({}, { path: `${BULK}/${encodeURIComponent(odd)}` });
      expect([found.status, bodyOf(found)]).to.deep.equal([
        200,
        { key: odd, value: 'x', reason: 'STATIC', metadata: { enabled: true, featureId: 1 } },
      ]);
      for (const missing of ['nope', '__proto__', 'c\r\nSet-Cookie: d']) {
        const answer = await evaluate({}, { path: `${BULK}/${encodeURIComponent(missing)}` });
        expect(failureOf(answer)).to.deep.equal([404, 'FLAG_NOT_FOUND']);
        expect(bodyOf(answer)).to.include({ key: missing });
        expect(answer.header('set-cookie')).to.equal(undefined);
        expectOfrep('flagNotFound', bodyOf(answer));
      }
    });

    it('O-26: answer 400 to a body that is not JSON, and to one without a context', async () => {
      await start();
      const deep = (depth: number): string => `${'['.repeat(depth)}${']'.repeat(depth)}`;
      const cases: readonly (readonly [body: string | Buffer, code: string])[] = [
        ['', 'PARSE_ERROR'],
        ['{', 'PARSE_ERROR'],
        ['{"context":{"n":NaN}}', 'PARSE_ERROR'],
        ['{"context":{"n":Infinity}}', 'PARSE_ERROR'],
        [Buffer.from([...Buffer.from('{"context":{"n":"'), 0xff, ...Buffer.from('"}}')]), 'PARSE_ERROR'],
        ['{"context":{"n":1e999}}', 'INVALID_CONTEXT'],
        ['{}', 'INVALID_CONTEXT'],
        ['[]', 'INVALID_CONTEXT'],
        ['null', 'INVALID_CONTEXT'],
        ['"context"', 'INVALID_CONTEXT'],
        ['{"context":null}', 'INVALID_CONTEXT'],
        ['{"context":[1]}', 'INVALID_CONTEXT'],
        ['{"__proto__":{"context":{}}}', 'INVALID_CONTEXT'],
        ['{"context":{"targetingKey":7}}', 'INVALID_CONTEXT'],
        [`{"context":{"n":${deep(31)}}}`, 'INVALID_CONTEXT'],
        [`{"context":{"n":${deep(15_000)}}}`, 'INVALID_CONTEXT'],
      ];
      for (const [body, code] of cases)
        for (const path of [BULK, `${BULK}/f1`]) {
          const answer = await ask(service, path, { method: 'POST', headers: { 'X-API-Key': KEY }, body });
          expect([String(body).slice(0, 60), ...failureOf(answer)]).to.deep.equal([
            String(body).slice(0, 60),
            400,
            code,
          ]);
          expectOfrep(path === BULK ? 'bulkEvaluationFailure' : 'evaluationFailure', bodyOf(answer));
          expect(answer.header('access-control-allow-origin')).to.equal('*');
        }
      expect(api.asked).to.deep.equal([]);
      expect((await evaluate({ n: JSON.parse(deep(30)) as unknown })).status).to.equal(200);
    });

    it('O-26: take the last of two fields of one name, and no name for more than a name', async () => {
      await start();
      const body =
        '{"context":{"targetingKey":"a","plan":1,"__proto__":{"x":1},"constructor":"c","plan":2,"targetingKey":"b"}}';
      const answer = await ask(service, BULK, { method: 'POST', headers: { 'X-API-Key': KEY }, body });
      expect(answer.status).to.equal(200);
      expect(api.lastIdentity).to.deep.equal({
        identifier: 'b',
        transient: true,
        traits: [
          { trait_key: '__proto__', trait_value: '{"x":1}' },
          { trait_key: 'constructor', trait_value: 'c' },
          { trait_key: 'plan', trait_value: 2 },
        ],
      });
      expect(({} as Record<string, unknown>)['x']).to.equal(undefined);
    });

    it('O-26: pass on why the API takes no context, or that it wants a targeting key', async () => {
      await start();
      api.behaviour = (_asked, response) => json(response, { traits: [{ trait_value: ['too long'] }] }, 400);
      const refused = await evaluate({ targetingKey: 'u', long: 'x' });
      expect(failureOf(refused)).to.deep.equal([400, 'INVALID_CONTEXT']);
      expect(refused.body.toString()).to.include('too long');
      expect(failureOf(await evaluate({ long: 'x' }))).to.deep.equal([400, 'TARGETING_KEY_MISSING']);
      // About no context: it is the API that is at fault.
      expect(failureOf(await evaluate({}))).to.deep.equal([503, 'GENERAL']);
    });

    it('O-27: name the stream of the environment as a path, without the newest update where none is known', async () => {
      await start();
      expect((await flagsFor({ targetingKey: 'u' })).eventStreams).to.deep.equal([
        { type: 'sse', endpoint: { requestUri: `/ofrep/v1/sse?channels=${KEY}` }, inactivityDelaySec: 120 },
      ]);
      expect(await flagsFor({}, 'ser.abc')).not.to.have.property('eventStreams');
    });

    it('O-27: name it by the public URL where that is given', async () => {
      await start({ PUBLIC_URL: 'https://flags.example/halyard/' });
      expect((await flagsFor({})).eventStreams).to.deep.equal([
        { type: 'sse', url: `https://flags.example/halyard/ofrep/v1/sse?channels=${KEY}`, inactivityDelaySec: 120 },
      ]);
    });

    it('O-27: name the newest update that was known before the API was asked', async () => {
      await start();
      const published = async (updatedAt: number): Promise<void> => {
        expect((await service.publish(KEY, updatedAt)).status).to.equal(200);
        const hub = service.container.get(TOKENS.hub);
        await eventually('it to arrive', () => hub.latest(KEY as EnvironmentId)?.updatedAt === `${updatedAt}.000000`);
      };
      await published(1_795_510_009);
      const stream = async (): Promise<unknown> => (await flagsFor({ targetingKey: 'u' })).eventStreams?.[0]?.endpoint;
      const since = (id: string): object => ({ requestUri: `/ofrep/v1/sse?channels=${KEY}&since=${id}` });
      expect(await stream()).to.deep.equal(since('1-1795510009.000000'));
      // The last in log order, although its time is smaller.
      await published(1_795_510_007);
      expect(await stream()).to.deep.equal(since('2-1795510007.000000'));
      api.behaviour = (asked, response) => void published(1_795_510_011).then(() => api.evaluate(asked, response));
      expect(await stream()).to.deep.equal(since('2-1795510007.000000'));
      api.behaviour = undefined;
      expect(await stream()).to.deep.equal(since('3-1795510011.000000'));
    });

    it('O-28: have an ETag of the key, the context and the flags, and answer 304 while none of them changes', async () => {
      await start();
      const etagOf = async (context: unknown, key = KEY): Promise<string> => {
        const answer = await evaluate(context, { key });
        expect(answer.header('cache-control')).to.equal('no-store');
        expect(answer.header('access-control-expose-headers')).to.equal('ETag, Retry-After');
        return answer.header('etag') ?? '';
      };
      const etag = await etagOf({ targetingKey: 'u', plan: 'gold', beta: true });
      expect(etag).to.match(/^"[\w-]{22}\.[\w-]{22}"$/);
      const again = { beta: true, plan: 'gold', gone: null, targetingKey: 'u' };
      expect(await etagOf(again)).to.equal(etag);
      const others = [
        await etagOf({ targetingKey: 'u', plan: 'silver', beta: true }),
        await etagOf({ targetingKey: 'v', plan: 'gold', beta: true }),
        await etagOf({}),
        await etagOf(again, 'env-2'),
        await etagOf({}, 'env-2'),
      ];
      expect(new Set([etag, ...others]).size).to.equal(6);

      const ask304 = (context: unknown, ifNoneMatch: string): Promise<HttpAnswer> =>
        evaluate(context, { headers: { 'If-None-Match': ifNoneMatch } });
      for (const ifNoneMatch of [etag, `"x", W/${etag}`]) {
        const same = await ask304(again, ifNoneMatch);
        expect([same.status, same.header('etag'), same.body.length]).to.deep.equal([304, etag, 0]);
        expect(same.header('cache-control')).to.equal('no-store');
        expect(same.header('access-control-expose-headers')).to.equal('ETag, Retry-After');
      }
      expect((await ask304({ targetingKey: 'u', plan: 'silver', beta: true }, etag)).status).to.equal(200);
      api.flags = [{ name: 'f1', value: 'green' }];
      const changed = await ask304(again, etag);
      expect(changed.status).to.equal(200);
      expect(changed.header('etag')).not.to.equal(etag);
    });

    it('O-29: share one request for the flags of an environment, and have one for each identity', async () => {
      await start();
      let release: () => void = () => undefined;
      const held = new Promise<void>((resolve) => (release = resolve));
      api.behaviour = (asked, response) => void held.then(() => api.evaluate(asked, response));
      const asking = [{}, {}, { targetingKey: 'u' }, { targetingKey: 'u' }].map((context) => evaluate(context));
      await eventually('the API to be asked', () => api.asked.length === 3);
      await eventually('all to wait', () => service.container.get(TOKENS.relay)?.waiting === 4);
      release();
      for (const { status } of await Promise.all(asking)) expect(status).to.equal(200);
      expect(api.asked.map(({ path }) => path).sort()).to.deep.equal([
        '/api/v1/flags/',
        '/api/v1/identities/',
        '/api/v1/identities/',
      ]);
      // Nothing is kept for those that come later.
      await flagsFor({});
      expect(api.asked).to.have.length(4);
    });

    it("O-29: share the relay's answer while it is on, but for a refetch whose update this instance has not received", async () => {
      await start({ FLAGS_RELAY: 'on', FLAGS_MAX_AGE_SECONDS: '3600' });
      const hub = service.container.get(TOKENS.hub);
      await service.publish(KEY, 1_795_510_009);
      await eventually('it to arrive', () => hub.latest(KEY as EnvironmentId) !== undefined);
      const refetch = (id: string): Promise<HttpAnswer> =>
        evaluate({}, { path: `${BULK}?flagConfigEtag=${encodeURIComponent(`"${id}"`)}&flagConfigLastModified=1` });
      await flagsFor({});
      await flagsFor({});
      expect((await refetch('1-1795510009.000000')).status).to.equal(200);
      expect(api.asked).to.have.length(1);
      expect((await refetch('2-1795510011.000000')).status).to.equal(200);
      expect(api.asked).to.have.length(2);
    });

    it('O-30: answer 503 to what the API does not answer with flags, and follow no redirect', async () => {
      await start();
      const behaviours: readonly NonNullable<EvaluatingApi['behaviour']>[] = [
        (_asked, response) => json(response, { detail: 'no' }, 500),
        (_asked, response) => json(response, { detail: 'no' }, 429),
        (_asked, response) => json(response, { detail: 'no' }, 404),
        (_asked, response) => json(response, { detail: 'Missing identifier' }),
        (_asked, response) => json(response, { flags: [{ feature: { name: 'f1' } }] }),
        (_asked, response) => json(response, null),
        (_asked, response) => void response.writeHead(200, { 'Content-Type': 'application/json' }).end('[{'),
        (_asked, response) => void response.writeHead(200, { 'Content-Type': 'text/html' }).end('<h1>hello</h1>'),
        (_asked, response) => void response.writeHead(302, { Location: `${api.url}elsewhere/` }).end(),
        (_asked, response) => void response.destroy(),
      ];
      for (const [at, behaviour] of behaviours.entries()) {
        api.behaviour = behaviour;
        for (const [context, path] of [
          [{}, BULK],
          [{ targetingKey: 'u' }, BULK],
          [{ targetingKey: 'u' }, `${BULK}/f1`],
        ] as const) {
          const answer = await evaluate(context, { path, key: `env-${at}` });
          expect([at, ...failureOf(answer)]).to.deep.equal([at, 503, 'GENERAL']);
          expect(answer.header('retry-after')).to.equal('1');
          expect(answer.header('cache-control')).to.equal('no-store');
          expectOfrep('generalErrorResponse', bodyOf(answer));
          expect(answer.body.toString()).not.to.include('hello');
        }
      }
      expect(api.asked.filter(({ path }) => path.includes('elsewhere'))).to.deep.equal([]);
    });

    it('O-30: try a refetch again until the API answers', async () => {
      await start();
      for (const context of [{}, { targetingKey: 'u' }]) {
        let failures = 2;
        api.behaviour = (asked, response) =>
          failures-- > 0 ? json(response, { detail: 'no' }, 503) : api.evaluate(asked, response);
        const answer = await evaluate(context, { path: `${BULK}?flagConfigEtag=%221-1.000000%22` });
        expect([answer.status, failures]).to.deep.equal([200, -1]);
      }
    });

    it('O-30: give the last good flags for a first load while the API fails, without the newest update, and not for a refetch', async () => {
      await start({ FLAGS_RELAY: 'on', FLAGS_MAX_AGE_SECONDS: '0.1', FLAGSMITH_API_TIMEOUT_SECONDS: '1' });
      await service.publish(KEY, 1_795_510_009);
      const hub = service.container.get(TOKENS.hub);
      await eventually('it to arrive', () => hub.latest(KEY as EnvironmentId) !== undefined);
      const { flags } = await flagsFor({});
      api.behaviour = (_asked, response) => json(response, { detail: 'no' }, 500);
      let stale = await evaluate({});
      await eventually('the API to be asked again', async () => {
        stale = await evaluate({});
        return stale.header('x-halyard-stale') === '1';
      });
      expect(bodyOf(stale)).to.deep.equal({
        flags,
        eventStreams: [
          { type: 'sse', endpoint: { requestUri: `/ofrep/v1/sse?channels=${KEY}` }, inactivityDelaySec: 120 },
        ],
      });
      const refetch = await evaluate({}, { path: `${BULK}?flagConfigEtag=%221-1795510009.000000%22` });
      expect(failureOf(refetch)).to.deep.equal([503, 'GENERAL']);
    }).timeout(60_000);

    it('O-31: take 32,768 bytes and no more', async () => {
      await start();
      const withBytes = (bytes: number): string => {
        const empty = JSON.stringify({ context: { targetingKey: '' } });
        return JSON.stringify({ context: { targetingKey: 'u'.repeat(bytes - empty.length) } });
      };
      const send = (bytes: number): Promise<HttpAnswer> =>
        ask(service, BULK, { method: 'POST', headers: { 'X-API-Key': KEY }, body: withBytes(bytes) });
      expect((await send(32_768)).status).to.equal(200);
      const answer = await send(32_769);
      expect([answer.status, (bodyOf(answer) as { error: { code: string } }).error.code]).to.deep.equal([
        413,
        'too_large',
      ]);
      expect(api.asked).to.have.length(1);
    });
  });
