import { expect } from 'chai';
import type { MemoryLog } from '../../adapters/memory/memory-log.ts';
import { TOKENS } from '../../infrastructure/container.ts';
import { capturedWebhook, capturedWebhooks, WEBHOOK_SECRET } from '../support/clients/captured-webhooks.ts';
import { eventually } from '../support/eventually.ts';
import { connectHttp2, Http2Client } from '../support/clients/http2-client.ts';
import { sampleOf } from '../support/documents/metrics-text.ts';
import { type RunningService, startService } from '../support/servers/running-service.ts';
import { auditLog, flagUpdated, signed, type SignedWebhook } from '../support/clients/signed-webhook.ts';
import { StreamClient } from '../support/clients/stream-client.ts';
import { TRANSPORTS } from '../support/servers/transports.ts';

const PATH = '/webhooks/flagsmith';
const DEV = 'EqF4Dv7qmCPKSATU7XoaAV';
const PROD = 'eS2YefCPjgMKno9NDQuCA6';
const STAGE = 'JkSmXuUPn4vdqtyk3xacbe';
const LIMIT_BYTES = 262_144;

interface Answered {
  readonly status: number;
  readonly body: string;
  header(name: string): string | undefined;
}

type Ask = (
  service: RunningService,
  method: string,
  headers: Record<string, string>,
  body: Buffer,
) => Promise<Answered>;

async function overHttp1(...[service, method, headers, body]: Parameters<Ask>): Promise<Answered> {
  const answer = await fetch(service.url(PATH), { method, headers, body });
  return {
    status: answer.status,
    body: await answer.text(),
    header: (name) => answer.headers.get(name) ?? undefined,
  };
}

/** On the listener for HTTP/2 that stands beside the others. */
async function overHttp2(...[service, method, headers, body]: Parameters<Ask>): Promise<Answered> {
  const session = await connectHttp2(`http://127.0.0.1:${service.ports.at(-1)}`);
  const client = await new Http2Client(session, PATH, { ':method': method, ...headers }, body).answered();
  session.destroy();
  return { status: client.status, body: client.received, header: (name) => client.headers[name] as string | undefined };
}

const WAYS: readonly { readonly name: string; readonly environment: Record<string, string>; readonly ask: Ask }[] = [
  ...TRANSPORTS.map(({ name, environment }) => ({ name, environment, ask: overHttp1 })),
  { name: 'HTTP/2', environment: { HTTP2_LISTEN_ADDR: '127.0.0.1:0' }, ask: overHttp2 },
];

function errorCode({ body }: Answered): string {
  const { error } = JSON.parse(body) as { error: { code: string; message: string } };
  expect(Object.keys(error)).to.deep.equal(['code', 'message']);
  return error.code;
}

for (const { name, environment, ask } of WAYS)
  describe(`webhooks on ${name}`, () => {
    let service: RunningService;
    const clients: StreamClient[] = [];

    async function start(more: Record<string, string> = {}): Promise<void> {
      service = await startService({ ...environment, WEBHOOK_SECRET, ...more });
    }

    afterEach(async () => {
      for (const client of clients.splice(0)) client.close();
      await service?.stop();
    });

    function post({ body, signature }: SignedWebhook, headers: Record<string, string> = {}): Promise<Answered> {
      return ask(service, 'POST', { 'x-flagsmith-signature': signature, ...headers }, body);
    }

    async function subscribe(key: string): Promise<StreamClient> {
      const client = await StreamClient.open(service.port, key);
      clients.push(client);
      return client;
    }

    async function expectAnnounced(webhook: SignedWebhook, environments: number): Promise<void> {
      const answer = await post(webhook);
      expect([answer.status, answer.body]).to.deep.equal([200, `{"announced":${environments}}`]);
      expect(answer.header('content-type')).to.equal('application/json');
      expect(answer.header('access-control-allow-origin')).to.equal('*');
    }

    async function expectRefused(answered: Promise<Answered>, status: number, code: string): Promise<Answered> {
      const answer = await answered;
      expect([answer.status, errorCode(answer)]).to.deep.equal([status, code]);
      expect(answer.header('access-control-allow-origin')).to.equal('*');
      return answer;
    }

    async function counted(sample: string): Promise<number | undefined> {
      return sampleOf(await (await fetch(service.url('/metricsz'))).text(), sample);
    }

    it('W-1: are a path only where there is a secret', async () => {
      service = await startService(environment);
      await expectRefused(post(capturedWebhook('audit-log-created.flag-updated')), 404, 'not_found');
    });

    it('W-1, X-3: are a path of the public listeners alone', async () => {
      await start({ INTERNAL_LISTEN_ADDR: '127.0.0.1:0' });
      await expectAnnounced(capturedWebhook('audit-log-created.flag-updated'), 1);
      const { body, signature } = capturedWebhook('audit-log-created.feature-state');
      const inside = await fetch(`http://127.0.0.1:${service.ports[1]}${PATH}`, {
        method: 'POST',
        headers: { 'X-Flagsmith-Signature': signature },
        body,
      });
      expect(inside.status).to.equal(404);
    });

    it('W-2, W-4, W-5: announce what a real Flagsmith sent, byte for byte', async () => {
      await start({ WEBHOOK_ENVIRONMENTS: `1=${PROD}` });
      const [dev, prod, stage] = [await subscribe(DEV), await subscribe(PROD), await subscribe(STAGE)];
      for (const [captured, time, receivers] of [
        ['feature-without-environment', '1795478066.050836', [prod]],
        ['feature-state', '1795478066.067736', [prod]],
        ['flag-updated', '1795478070.270238', [dev]],
        ['segment-without-environment', '1795478122.275983', [dev, prod]],
        ['identity-override', '1795478125.345808', [dev]],
        ['environment-created', '1795478128.379468', [stage]],
      ] as const) {
        await expectAnnounced(capturedWebhook(`audit-log-created.${captured}`), receivers.length);
        for (const client of receivers) await client.hears(time);
      }
      expect(new Set(stage.heard)).to.deep.equal(new Set(['1795478128.379468']));
      await expectAnnounced(capturedWebhook('flag-updated.environment-webhook'), 1);
      const isFlag = (time: string): boolean => time === '1795478070.270238';
      await eventually('the flag to be announced by its number', () => dev.heard.filter(isFlag).length >= 2);
      expect(prod.heard).to.not.include('1795478070.270238');
    });

    it('W-2: refuse a signature that is wrong, malformed, missing, or of another body', async () => {
      await start({ WEBHOOK_SECRET_PREVIOUS: 'before' });
      const { body, signature } = capturedWebhook('audit-log-created.flag-updated');
      const others = capturedWebhooks().map((captured) => captured.signature);
      for (const wrong of [
        ...others.filter((other) => other !== signature),
        '',
        signature.slice(1),
        `${signature}00`,
        'g'.repeat(64),
        `${signature}, ${signature}`,
        signed(body, 'another').signature,
        `sha256=${signature}`,
      ]) {
        const answer = await expectRefused(post({ body, signature: wrong }), 401, 'unauthorized');
        expect(answer.header('www-authenticate')).to.equal('Signature');
      }
      await expectRefused(ask(service, 'POST', {}, body), 401, 'unauthorized');
      await expectRefused(post({ body: Buffer.concat([body, Buffer.from('\n')]), signature }), 401, 'unauthorized');
      expect(service.container.get(TOKENS.hub).channels.size).to.equal(0);
      await expectAnnounced({ body, signature: signature.toUpperCase() }, 1);
      await expectAnnounced(signed(auditLog(1, '2026-11-23T00:00:00Z', DEV), 'before'), 1);
    });

    it('W-3: check the method, the size, the signature and the body in this order', async () => {
      await start();
      const wrong = { 'x-flagsmith-signature': 'wrong' };
      const large = Buffer.alloc(LIMIT_BYTES + 1, ' ');
      const method = await expectRefused(ask(service, 'PUT', wrong, Buffer.from('x')), 405, 'method_not_allowed');
      expect(method.header('allow')).to.equal('POST, OPTIONS');
      expect((await ask(service, 'OPTIONS', {}, Buffer.alloc(0))).status).to.equal(204);
      await expectRefused(ask(service, 'POST', wrong, large), 413, 'too_large');
      await expectRefused(ask(service, 'POST', wrong, Buffer.from('x')), 401, 'unauthorized');
      await expectRefused(post(signed('x')), 400, 'invalid_body');
    });

    it('W-3: take a body of 262,144 bytes, and refuse one of a byte more', async () => {
      await start();
      const body = auditLog(1, '2026-11-23T00:00:00Z', DEV);
      await expectAnnounced(signed(body.padEnd(LIMIT_BYTES)), 1);
      await expectRefused(post(signed(body.padEnd(LIMIT_BYTES + 1))), 413, 'too_large');
    });

    it('W-4: announce nothing for what changes no flags, nor for types that they do not know', async () => {
      await start();
      for (const body of [
        auditLog(1, '2026-11-23T00:00:00Z', DEV, { related_object_type: 'CHANGE_REQUEST' }),
        '{"event_type":"NEW_VERSION_PUBLISHED","data":{"uuid":"x"}}',
        '{"event_type":"TO_COME"}',
      ])
        await expectAnnounced(signed(body), 0);
      expect(service.container.get(TOKENS.hub).channels.size).to.equal(0);
      expect(await counted('halyard_webhooks_total{outcome="ignored"}')).to.equal(3);
    });

    it('W-5: announce a flag of an unknown number to its whole project', async () => {
      await start({ WEBHOOK_ENVIRONMENTS: `1=${PROD};2=other` });
      await expectAnnounced(capturedWebhook('audit-log-created.flag-updated'), 1);
      const [dev, prod] = [await subscribe(DEV), await subscribe(PROD)];
      await expectAnnounced(signed(flagUpdated('2026-11-24T00:00:00.5Z', 77, 1)), 2);
      for (const client of [dev, prod]) await client.hears('1795478400.500000');
    });

    it('W-5: answer 200 where no environment is known, and count it', async () => {
      await start();
      await expectAnnounced(capturedWebhook('audit-log-created.feature-without-environment'), 0);
      await expectAnnounced(capturedWebhook('flag-updated.environment-webhook'), 0);
      expect(await counted('halyard_webhooks_unplaced_total')).to.equal(2);
      expect(await counted('halyard_webhooks_total{outcome="unplaced"}')).to.equal(2);
    });

    it('W-6: refuse what they cannot read with the field that is wrong, and announce nothing', async () => {
      await start();
      const environment = { api_key: 'a.b' };
      for (const [body, field] of [
        ['{', /not JSON/],
        ['[]', /event_type/],
        [auditLog(1, null, DEV), /data\.created_date must be/],
        [auditLog(1, undefined, DEV), /data\.created_date is missing/],
        [auditLog(1, '2026-11-23T00:00:00Z', DEV, { environment }), /data\.environment\.api_key/],
        [flagUpdated('yesterday', 1, 1), /data\.timestamp is not an ISO 8601/],
      ] as const) {
        const answer = await expectRefused(post(signed(body)), 400, 'invalid_body');
        expect(answer.body).to.match(field);
      }
      expect(service.container.get(TOKENS.hub).channels.size).to.equal(0);
    });

    it('W-7: answer 503 while the log is unreachable, keep the change anyway, and accept it again', async () => {
      await start({ APPEND_DEADLINE_MS: '100' });
      const log = service.container.get(TOKENS.log) as MemoryLog;
      const dev = await subscribe(DEV);
      log.interrupt();
      const webhook = capturedWebhook('audit-log-created.flag-updated');
      const answer = await expectRefused(post(webhook), 503, 'log_unavailable');
      expect(answer.header('retry-after')).to.equal('1');
      log.restore();
      await dev.hears('1795478070.270238');
      await expectAnnounced(webhook, 1);
    });

    it('W-9: announce once what is sent again, and answer 200', async () => {
      await start();
      const dev = await subscribe(DEV);
      for (const [captured, outcome] of [
        ['audit-log-created.flag-updated', 1],
        ['flag-updated.environment-webhook', 1],
        ['flag-updated.environment-webhook', 0],
        ['audit-log-created.flag-updated', 0],
      ] as const)
        await expectAnnounced(capturedWebhook(captured), outcome);
      await expectAnnounced(signed(auditLog(4, '2026-11-23T23:54:30.270238Z', DEV, { log: 'in other words' })), 0);
      // The same number in another installation of Flagsmith.
      await expectAnnounced(signed(auditLog(4, '2026-11-24T00:00:00Z', DEV)), 1);
      await dev.hears('1795478400.000000');
      expect(await counted('halyard_webhooks_total{outcome="repeated"}')).to.equal(3);
    });

    it('W-8: announce a change once more after two seconds', async () => {
      await start();
      const dev = await subscribe(DEV);
      const beganMs = performance.now();
      await expectAnnounced(capturedWebhook('audit-log-created.flag-updated'), 1);
      await eventually('it to be announced again', () => dev.heard.length === 2);
      expect(performance.now() - beganMs).to.be.greaterThan(1990);
      expect(new Set(dev.heard)).to.deep.equal(new Set(['1795478070.270238']));
      expect(dev.events[0]?.id).to.not.equal(dev.events[1]?.id);
    });
  });
