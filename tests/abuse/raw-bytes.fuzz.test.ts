import { expect } from 'chai';
import fc from 'fast-check';
import { eventually } from '../support/eventually.ts';
import { RawClient } from '../support/clients/raw-client.ts';
import { type RunningService, startService, TOKEN } from '../support/servers/running-service.ts';
import { StreamClient } from '../support/clients/stream-client.ts';
import { TRANSPORTS } from '../support/servers/transports.ts';

/** Any byte, as one character of Latin-1. */
const noise = fc.string({ unit: fc.nat(255).map((code) => String.fromCharCode(code)), maxLength: 40 });
const sometimes = (usual: string, ...odd: fc.Arbitrary<string>[]): fc.Arbitrary<string> =>
  fc.oneof({ weight: 12, arbitrary: fc.constant(usual) }, ...odd.map((arbitrary) => ({ weight: 1, arbitrary })));

const key = fc.oneof(
  { weight: 4, arbitrary: fc.constant('abc') },
  fc.constantFrom('', '*', '>', 'a.b', '%61', '..', 'ser.x', 'a'.repeat(101), 'a/b', '{}'),
  noise,
);
const path = fc.oneof(
  fc
    .tuple(key, fc.constantFrom('queue-change', 'queue-change', 'stream', 'other', ''))
    .map(([environment, end]) => `/sse/environments/${environment}/${end}`),
  fc.constantFrom('/livez', '/readyz', '/metricsz', '/', '//', '/sse/health', '*', 'http://h/livez'),
  noise,
);
const method = fc.constantFrom(
  'GET',
  'GET',
  'POST',
  'POST',
  'OPTIONS',
  'HEAD',
  'PUT',
  'DELETE',
  'get',
  'PRI',
  'X'.repeat(50),
);
const header = fc.oneof(
  fc.constantFrom(
    'Host: h',
    'Host:',
    `Authorization: Token ${TOKEN}`,
    'Authorization: Token wrong',
    'Authorization: Bearer x',
    'Connection: close',
    'Connection: Upgrade\r\nUpgrade: websocket',
    'Upgrade: h2c',
    'Expect: 100-continue',
    'Transfer-Encoding: chunked',
    'Transfer-Encoding: gzip, chunked',
    'Last-Event-ID: 1-123',
    'User-Agent: Dart/3',
    'Accept: text/event-stream',
    ': no name',
    'no colon',
  ),
  fc.integer({ min: -5, max: 3000 }).map((length) => `Content-Length: ${length}`),
  fc.tuple(noise, noise).map(([name, value]) => `${name}: ${value}`),
  fc.integer({ min: 1, max: 20_000 }).map((length) => `X-Long: ${'y'.repeat(length)}`),
);
const body = fc.oneof(
  fc.constantFrom(
    '',
    '{"updated_at":123}',
    '{"updated_at":"2024-12-06T10:21:54.079725+00:00"}',
    '12\r\n{}\r\n0\r\n\r\n',
  ),
  fc.json(),
  noise,
  fc.integer({ min: 1, max: 5000 }).map((length) => ' '.repeat(length)),
);
const eol = sometimes('\r\n', fc.constantFrom('\n', '\r', '\r\r\n', ''));
const request = fc
  .tuple(method, path, sometimes('HTTP/1.1', fc.constantFrom('HTTP/1.0', 'HTTP/2.0', 'HTTP/9', ''), noise), eol)
  .chain(([verb, target, version, end]) =>
    fc
      .tuple(fc.array(header, { maxLength: 6 }), body, fc.boolean())
      .map(([headers, content, isHonest]) =>
        [
          `${verb} ${target} ${version}`,
          'Host: h',
          ...headers,
          ...(isHonest && content !== '' ? [`Content-Length: ${content.length}`] : []),
          '',
          content,
        ].join(end),
      ),
  );

/** Requests one after the other, cut into pieces that are sent one after the other, and then the end. */
const conversation = fc.record({
  bytes: fc.array(request, { minLength: 1, maxLength: 3 }).map((requests) => requests.join('')),
  cuts: fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 3 }),
  ending: fc.constantFrom('end' as const, 'reset' as const, 'destroy' as const),
});

for (const { name, environment } of TRANSPORTS)
  describe(`any bytes on ${name}`, () => {
    let service: RunningService;
    before(async () => void (service = await startService({ ...environment, APPEND_DEADLINE_MS: '200' })));
    after(() => service?.stop());

    it('never bring it down, hang it, or make it answer with a 5xx (but the 505 of the parser)', async () => {
      const bystander = await StreamClient.open(service.port, 'bystander');
      let published = 0;
      await fc.assert(
        fc.asyncProperty(conversation, async ({ bytes, cuts, ending }) => {
          const client = await RawClient.connect(service.port);
          const data = Buffer.from(bytes, 'latin1');
          const at = [0, ...cuts.map((cut) => Math.floor(cut * data.length)).sort((a, b) => a - b), data.length];
          for (let piece = 1; piece < at.length; piece++) await client.sent(data.subarray(at[piece - 1], at[piece]));
          // A request of our own on another connection is answered behind whatever these bytes have caused.
          expect((await fetch(service.url('/livez'))).status).to.equal(200);
          client[ending]();
          const answered = [...client.text.matchAll(/^HTTP\/1\.1 (\d{3})/gm)].map((match) => Number(match[1]));
          const refused = answered.filter((status) => status >= 500 && status !== 505);
          expect(refused, client.text).to.deep.equal([]);
        }),
        { numRuns: 1000, endOnFailure: true },
      );
      expect((await service.publish('bystander', ++published)).status).to.equal(200);
      await bystander.hears(String(published));
      bystander.close();
      await eventually('every stream to be let go', async () => (await fetch(service.url('/livez'))).status === 200);
    });
  });
