import { expect } from 'chai';
import { readFileSync } from 'node:fs';
import { TOKENS } from '../../infrastructure/container.ts';
import { capturedWebhook, WEBHOOK_SECRET } from '../support/clients/captured-webhooks.ts';
import { eventually } from '../support/eventually.ts';
import { connectHttp2, Http2Client } from '../support/clients/http2-client.ts';
import { RawClient } from '../support/clients/raw-client.ts';
import {
  CODE,
  FLAG,
  FRAME,
  frame,
  postBlock,
  RawHttp2Client,
  resetFrame,
} from '../support/clients/raw-http2-client.ts';
import { auditLog, signed, type SignedWebhook } from '../support/clients/signed-webhook.ts';
import { StreamClient } from '../support/clients/stream-client.ts';
import { AttackedService } from '../support/servers/attacked-service.ts';
import { type RunningService, startService } from '../support/servers/running-service.ts';
import { ServiceProcess } from '../support/servers/service-process.ts';
import { TRANSPORTS } from '../support/servers/transports.ts';

const PATH = '/webhooks/flagsmith';
const MAX_BODIES = 64;
const LIMIT_BYTES = 262_144;
const LINE = `POST ${PATH} HTTP/1.1\r\nHost: h\r\n`;
const CREATED = '2024-12-06T10:21:54.079725Z';

function post(url: string, { body, signature }: SignedWebhook): Promise<Response> {
  return fetch(`${url}${PATH}`, { method: 'POST', headers: { 'X-Flagsmith-Signature': signature }, body });
}

/** Half of a webhook: its head and the first bytes of a body that is promised to be longer. */
async function begin(port: number): Promise<RawClient> {
  const client = await RawClient.connect(port);
  await client.sent(`${LINE}Content-Length: 100\r\n\r\n{"data"`);
  return client;
}

for (const { name, environment } of TRANSPORTS)
  describe(`strangers at the webhook door on ${name}`, () => {
    let service: RunningService;
    beforeEach(async () => void (service = await startService({ ...environment, WEBHOOK_SECRET })));
    afterEach(() => service?.stop());

    let ids = 0;
    const fresh = (): SignedWebhook => signed(auditLog(++ids, CREATED, 'abc'));
    const status = async (webhook: SignedWebhook): Promise<number> => (await post(service.url(''), webhook)).status;
    const holds = (expected: number): Promise<void> =>
      eventually(`a webhook to be answered ${expected}`, async () => (await status(fresh())) === expected);

    it('W-3: take the places of 64 bodies at most, let everything else continue, and free them however they end', async () => {
      const stream = await StreamClient.open(service.port, 'bystander');
      const slow = await Promise.all(Array.from({ length: MAX_BODIES }, () => begin(service.port)));
      await holds(503);
      const refused = await post(service.url(''), fresh());
      expect([refused.status, refused.headers.get('retry-after')]).to.deep.equal([503, '1']);
      expect(await refused.text()).to.include('"too_many_webhooks"');
      expect((await fetch(service.url('/livez'))).status).to.equal(200);
      expect((await service.publish('bystander', 123)).status).to.equal(200);
      await stream.hears('123');

      const [first, second, third, fourth, ...others] = slow;
      first?.destroy();
      await holds(200);
      slow.push(await begin(service.port));
      await holds(503);
      second?.reset();
      await holds(200);
      slow.push(await begin(service.port));
      await holds(503);
      // Answered, because all of it is there.
      third?.send('x'.repeat(93));
      await third?.received('HTTP/1.1 401');
      await holds(200);
      slow.push(await begin(service.port));
      await holds(503);
      for (const client of [fourth, ...others]) client?.destroy();
      await holds(200);
      for (const client of [...slow, stream]) client instanceof RawClient ? client.destroy() : client.close();
    });

    it('W-3: get 413 for a huge body, whatever length they give, and the connection is closed', async () => {
      const huge = Buffer.alloc(10_000_000, ' ');
      const large = `${(LIMIT_BYTES + 1).toString(16)}\r\n${' '.repeat(LIMIT_BYTES + 1)}\r\n`;
      const chunked = Array<[string, string]>(MAX_BODIES + 1).fill(['Transfer-Encoding: chunked', large]);
      for (const [head, body] of [[`Content-Length: ${huge.length}`, huge] as const, ...chunked]) {
        const client = await RawClient.connect(service.port);
        client.send(`${LINE}${head}\r\n\r\n`);
        client.send(body);
        await client.received('"too_large"');
        await client.closed();
        expect(client.text.split('HTTP/1.1 ')).to.have.length(2);
      }
      await holds(200);
    });

    it('W-2: are refused with two signatures, although one of them is right', async () => {
      const { body, signature } = fresh();
      const lines = ['0'.repeat(64), signature].map((value) => `X-Flagsmith-Signature: ${value}\r\n`);
      for (const signatures of [lines, lines.toReversed()]) {
        const client = await RawClient.connect(service.port);
        client.send(`${LINE}${signatures.join('')}Content-Length: ${body.length}\r\n\r\n${body.toString()}`);
        await client.received('HTTP/1.1 401');
        client.destroy();
      }
    });

    it('gain nothing from a webhook that they intercepted', async () => {
      const stream = await StreamClient.open(service.port, 'EqF4Dv7qmCPKSATU7XoaAV');
      const overheard = capturedWebhook('audit-log-created.flag-updated');
      expect(await status(overheard)).to.equal(200);
      const { body, signature } = overheard;
      for (let more = 0; more < 100; more++) expect(await status(overheard)).to.equal(200);
      const later = body.toString().replace('2026-11-23T23:54:30', '2026-11-23T23:54:31');
      expect(await status({ body: Buffer.from(later), signature })).to.equal(401);
      await stream.hears('1795478070.270238');
      // Its own repetition may have come by now.
      expect(stream.heard.length).to.be.at.most(2);
      stream.close();
    });
  });

describe('strangers at the webhook door over HTTP/2', () => {
  let service: AttackedService;
  before(async () => void (service = await AttackedService.start({ WEBHOOK_SECRET })));
  after(() => service?.stop());

  it('W-3: take the places of 64 bodies at most, and free them when their streams or their connections close', async () => {
    const url = service.url('');
    const post2 = async (): Promise<Http2Client> => {
      const session = await connectHttp2(url);
      const { body, signature } = signed(auditLog(1, CREATED, 'abc'));
      const request = { ':method': 'POST', 'x-flagsmith-signature': signature };
      const client = await new Http2Client(session, PATH, request, body).answered();
      session.destroy();
      return client;
    };
    const holds = (expected: number): Promise<void> =>
      eventually(`a webhook to be answered ${expected}`, async () => (await post2()).status === expected);
    const session = await connectHttp2(url);
    const slow = Array.from({ length: MAX_BODIES - 1 }, () => session.request({ ':path': PATH, ':method': 'POST' }));
    for (const stream of slow) stream.on('error', () => undefined).write('{');
    const head = frame(FRAME.headers, FLAG.endHeaders, 1, postBlock(PATH));
    const { raw } = await RawHttp2Client.connect(service.port, [head, frame(FRAME.data, 0, 1, Buffer.from('{'))]);
    await holds(503);
    expect((await post2()).headers['retry-after']).to.equal('1');
    raw.send(resetFrame(1, CODE.cancel));
    await holds(200);
    const again = session.request({ ':path': PATH, ':method': 'POST' });
    again.on('error', () => undefined).write('{');
    await holds(503);
    session.destroy();
    raw.destroy();
    await holds(200);
    // Half a body is not a body, and no client is left to receive an answer.
    expect(await service.metric('halyard_webhooks_total{outcome="unauthorized"}')).to.equal(0);
  });
});

describe('guesses of signatures', () => {
  it('are refused, change nothing, and fill no log', async () => {
    const service = await ServiceProcess.start({ WEBHOOK_SECRET });
    try {
      const lines = service.lines.length;
      const body = Buffer.from(auditLog(1, CREATED, 'abc'));
      for (let at = 0; at < 1000; at += 50) {
        const guesses = Array.from({ length: 50 }, (_, more) => (at + more).toString(16).padStart(64, 'abcdef'));
        const answers = await Promise.all(guesses.map((signature) => post(service.url(''), { body, signature })));
        expect(new Set(answers.map((answer) => answer.status))).to.deep.equal(new Set([401]));
        await Promise.all(answers.map((answer) => answer.arrayBuffer()));
      }
      expect(service.lines.length - lines, 'log lines for 1,000 guesses, twenty in ten seconds').to.be.at.most(200);
      expect(JSON.stringify(service.lines)).to.not.include('abcdefabc').and.not.include(WEBHOOK_SECRET);
    } finally {
      await service.kill();
    }
  });
});

for (const { name, environment } of TRANSPORTS)
  describe(`bodies that are sent byte by byte on ${name}`, () => {
    it('take no more memory than their bytes', async () => {
      const service = await ServiceProcess.start({ ...environment, WEBHOOK_SECRET });
      /** The most that it had at a time. */
      const megabytes = (): number =>
        Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${service.pid}/status`, 'utf8'))?.[1]) / 1024;
      try {
        const before = megabytes();
        const pieces = '1\r\nx\r\n'.repeat(LIMIT_BYTES / 16);
        const clients = await Promise.all(Array.from({ length: 2 }, () => RawClient.connect(service.port)));
        await Promise.all(
          clients.map(async (client) => {
            await client.sent(`${LINE}Transfer-Encoding: chunked\r\n\r\n`);
            for (let part = 0; part < 15; part++) await client.sent(pieces);
          }),
        );
        for (const client of clients) client.send('0\r\n\r\n');
        for (const client of clients) await client.received('HTTP/1.1 401');
        // A buffer for each byte would take 80; that many bytes are read in the ten seconds that a request may take.
        expect(megabytes() - before).to.be.lessThan(40);
        for (const client of clients) client.destroy();
      } finally {
        await service.kill();
      }
    });
  });

describe('signed webhooks that mean harm', () => {
  let service: RunningService;
  before(async () => void (service = await startService({ WEBHOOK_SECRET })));
  after(() => service?.stop());

  async function answered(body: string | Buffer): Promise<readonly [number, string]> {
    const answer = await post(service.url(''), signed(body));
    return [answer.status, await answer.text()];
  }

  it('do no harm by a body that is nested as deeply as possible', async () => {
    const deep = (open: string, close: string): string => {
      const levels = Math.floor(250_000 / (open.length + close.length));
      return open.repeat(levels) + '1' + close.repeat(levels);
    };
    for (const value of [deep('[', ']'), deep('{"a":', '}')]) {
      expect((await answered(value))[0]).to.equal(400);
      expect((await answered(`{"event_type":"AUDIT_LOG_CREATED","data":${value}}`))[0]).to.equal(400);
      expect((await answered(auditLog(1, CREATED, 'abc').replace('"FEATURE"', value)))[0]).to.equal(200);
    }
    expect((await answered('['.repeat(LIMIT_BYTES)))[0]).to.equal(400);
  });

  it('do no harm by the names of prototypes', async () => {
    const data = '{"created_date":"2024-12-06T10:21:54Z","environment":{"api_key":"polluted"}}';
    for (const body of [
      `{"__proto__":{"event_type":"AUDIT_LOG_CREATED","data":${data}}}`,
      `{"constructor":{"prototype":{"event_type":"AUDIT_LOG_CREATED","data":${data}}}}`,
      `{"event_type":"AUDIT_LOG_CREATED","__proto__":{"data":${data}}}`,
      `{"event_type":"AUDIT_LOG_CREATED","data":{"__proto__":${data}}}`,
      '{"event_type":"AUDIT_LOG_CREATED","data":{"created_date":"2024-12-06T10:21:54Z","environment":"constructor"}}',
    ])
      expect((await answered(body))[0], body).to.equal(400);
    expect(({} as Record<string, unknown>)['event_type']).to.equal(undefined);
    expect([...service.container.get(TOKENS.hub).channels.keys()]).to.not.include('polluted');
  });

  it('do no harm by bytes that are not UTF-8: they are refused where they matter, and ignored elsewhere', async () => {
    const [before = '', after = ''] = auditLog(2, CREATED, 'abc', { log: 'HERE' }).split('HERE');
    const invalid = Buffer.from([0xff, 0xc0, 0x80, 0xed, 0xa0, 0x80]);
    expect(await answered(Buffer.concat([Buffer.from(before), invalid, Buffer.from(after)]))).to.deep.equal([
      200,
      '{"announced":1}',
    ]);
    const [start = '', end = ''] = auditLog(3, CREATED, 'abcHERE').split('HERE');
    const [status, text] = await answered(Buffer.concat([Buffer.from(start), invalid, Buffer.from(end)]));
    expect(status).to.equal(400);
    expect(text).to.include('data.environment.api_key');
    expect((await answered(invalid))[0]).to.equal(400);
  });

  it('do no harm by keys that would name other subjects of the log', async () => {
    for (const key of ['*', '>', 'a.b', '', 'x'.repeat(101), '$SYS', 'a b', 'ser.abc'])
      expect((await answered(auditLog(4, CREATED, key)))[0], key).to.equal(400);
  });

  it('do no harm by invalid numbers', async () => {
    const numbers = [{ id: 'x' }, { id: 1e300 }, { id: {} }, { project: { id: '__proto__' } }, { project: null }];
    for (const [at, more] of numbers.entries())
      expect(await answered(auditLog(10 + at, CREATED, 'abc', more))).to.deep.equal([200, '{"announced":1}']);
  });
});
