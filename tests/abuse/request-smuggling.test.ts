import { expect } from 'chai';
import { TOKENS } from '../../infrastructure/container.ts';
import { eventually } from '../support/eventually.ts';
import { RawClient } from '../support/clients/raw-client.ts';
import { type RunningService, startService, TOKEN } from '../support/servers/running-service.ts';
import { TRANSPORTS_AND_UWS_TLS } from '../support/servers/transports.ts';

const HEAD = `POST /sse/environments/abc/queue-change HTTP/1.1\r\nHost: h\r\nAuthorization: Token ${TOKEN}\r\n`;
const BODY = '{"updated_at":123}';
const CHUNKED = `12\r\n${BODY}\r\n0\r\n\r\n`;
const GET = 'GET /livez HTTP/1.1\r\n';

interface Shape {
  readonly bytes: string;
  /** What may be answered; nothing at all is `silence`: the connection is closed, at once or after about 10 seconds. */
  readonly uws: readonly Outcome[];
  /** The same for Node's parser, where it is not any 4xx or silence. */
  readonly node?: readonly Outcome[];
}

type Outcome = number | 'silence';

/** Shapes by which two parsers in a row may disagree where a request ends, or what it says. */
const SHAPES: Readonly<Record<string, Shape>> = {
  'two lengths': { bytes: `${HEAD}Content-Length: 18\r\nContent-Length: 5\r\n\r\n${BODY}`, uws: [400] },
  'the same length twice': { bytes: `${HEAD}Content-Length: 18\r\nContent-Length: 18\r\n\r\n${BODY}`, uws: [400] },
  'two lengths where no body is read': {
    bytes: `${GET}Host: h\r\nContent-Length: 0\r\nContent-Length: 38\r\n\r\n`,
    uws: [400],
  },
  'a list of lengths': { bytes: `${HEAD}Content-Length: 18, 18\r\n\r\n${BODY}`, uws: [400] },
  'a signed length': { bytes: `${HEAD}Content-Length: +18\r\n\r\n${BODY}`, uws: [400] },
  'a negative length': { bytes: `${HEAD}Content-Length: -1\r\n\r\n${BODY}`, uws: [400] },
  'a hexadecimal length': { bytes: `${HEAD}Content-Length: 0x12\r\n\r\n${BODY}`, uws: [400] },
  'a length beyond 64 bits': { bytes: `${HEAD}Content-Length: 99999999999999999999\r\n\r\n${BODY}`, uws: [400, 413] },
  'chunked and a length': {
    bytes: `${HEAD}Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n${CHUNKED}`,
    uws: [400],
  },
  'a length and chunked': {
    bytes: `${HEAD}Content-Length: 18\r\nTransfer-Encoding: chunked\r\n\r\n${CHUNKED}`,
    uws: [400],
  },
  'a length and an encoding that is none': {
    bytes: `${HEAD}Transfer-Encoding: identity\r\nContent-Length: 18\r\n\r\n${BODY}`,
    uws: [400],
  },
  'a chunk length that is none': { bytes: `${HEAD}Transfer-Encoding: chunked\r\n\r\nzz\r\n${CHUNKED}`, uws: [400] },
  'a chunk beyond 64 bits': {
    bytes: `${HEAD}Transfer-Encoding: chunked\r\n\r\nffffffffffffffff\r\n${CHUNKED}`,
    uws: [400],
  },
  'bare line feeds': { bytes: 'GET /livez HTTP/1.1\nHost: h\n\n', uws: [505] },
  'a bare line feed after a header': { bytes: `${GET}Host: h\nX: y\r\n\r\n`, uws: ['silence', 400] },
  'a blank before the colon': { bytes: `${GET}Host : h\r\n\r\n`, uws: ['silence', 400] },
  'a folded header': { bytes: `${GET}Host: h\r\nX: a\r\n b\r\n\r\n`, uws: ['silence', 400] },
  'a zero byte in a header': { bytes: `${GET}Host: h\r\nX: a\0b\r\n\r\n`, uws: ['silence', 400] },
  'a zero byte in the path': { bytes: 'GET /li\0vez HTTP/1.1\r\nHost: h\r\n\r\n', uws: [505, 400] },
  'no host': { bytes: `${GET}\r\n`, uws: ['silence', 400] },
  'HTTP/1.0': { bytes: 'GET /livez HTTP/1.0\r\nHost: h\r\n\r\n', uws: [505], node: [505] },
  'HTTP/0.9': { bytes: 'GET /livez\r\n\r\n', uws: [505], node: [200, 505] },
  'an absolute target': { bytes: 'GET http://h/livez HTTP/1.1\r\nHost: h\r\n\r\n', uws: [505, 400] },
  CONNECT: { bytes: 'CONNECT h:80 HTTP/1.1\r\nHost: h\r\n\r\n', uws: [505, 400] },
  'a TLS hello': { bytes: '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03', uws: [505, 'silence', 400] },
  'too many headers': {
    bytes: `${GET}Host: h\r\n${Array.from({ length: 200 }, (_, at) => `X-${at}: y\r\n`).join('')}\r\n`,
    uws: ['silence', 431],
    node: [200, 431],
  },
  'a path of percent signs': { bytes: 'GET /%2e%2e/%0d%0a%0d%0a HTTP/1.1\r\nHost: h\r\n\r\n', uws: [404] },
  'a line end in the environment key': {
    bytes: 'GET /sse/environments/a%0d%0aX:%20y/stream HTTP/1.1\r\nHost: h\r\n\r\n',
    uws: [400],
  },
  'bytes beyond ASCII in the path': { bytes: 'GET /\xff\xfe HTTP/1.1\r\nHost: h\r\n\r\n', uws: [404, 505] },
};

for (const { name, environment, isUws } of TRANSPORTS_AND_UWS_TLS)
  describe(`a request of a smuggler's shape on ${name}`, () => {
    let service: RunningService;
    before(async () => void (service = await startService(environment)));
    after(() => service?.stop());

    for (const [shape, { bytes, uws, node }] of Object.entries(SHAPES))
      it(`has its stated outcome: ${shape}`, async () => {
        const client = await RawClient.connect(service.port);
        await client.sent(Buffer.from(bytes, 'latin1'));
        if (isUws && uws.includes('silence') && !bytes.startsWith('\x16')) {
          // Whether it is answered later is seen by the test of slow clients; here only that it is not taken.
          const other = await RawClient.connect(service.port);
          other.send(`${GET}Host: h\r\n\r\n`);
          await other.received('HTTP/1.1 200');
          other.destroy();
        } else {
          await eventually('an answer or the end', () => client.text.includes('\r\n\r\n') || client.ending !== 'open');
        }
        const status = client.text === '' ? 'silence' : Number(client.text.split(' ')[1]);
        const expected = isUws ? uws : node;
        if (expected !== undefined) expect(expected).to.include(status);
        else expect(status === 'silence' || (status >= 400 && status < 500), String(status)).to.equal(true);
        expect(service.container.get(TOKENS.hub).channels.size, 'nothing was published').to.equal(0);
        client.destroy();
      });

    it('receives nothing from a body that a proxy mistook for a second request', async () => {
      const client = await RawClient.connect(service.port);
      const hidden = `POST /sse/environments/abc/queue-change HTTP/1.1\r\nHost: h\r\nContent-Length: 18\r\n\r\n${BODY}`;
      client.send(`${GET}Host: h\r\nContent-Length: ${hidden.length}\r\n\r\n${hidden}${GET}Host: h\r\n\r\n`);
      await eventually('two answers', () => client.text.split('HTTP/1.1 200').length === 3 || client.ending !== 'open');
      expect(client.text).to.not.include('HTTP/1.1 401');
      client.destroy();
    });
  });
