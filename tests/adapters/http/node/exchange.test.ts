import { expect } from 'chai';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createHttp2Server, type IncomingHttpHeaders, type ServerHttp2Stream } from 'node:http2';
import { type AddressInfo, createServer as createTcpServer, type Server, type Socket } from 'node:net';
import { json } from '../../../../adapters/http/answer.ts';
import type { HttpExchange } from '../../../../adapters/http/exchange.ts';
import { Http1Exchange } from '../../../../adapters/http/node/http1-exchange.ts';
import { Http2Exchange } from '../../../../adapters/http/node/http2-exchange.ts';
import { whenProtocolKnown } from '../../../../adapters/http/node/protocol-preface.ts';
import { eventually } from '../../../support/eventually.ts';
import {
  CODE,
  FLAG,
  FRAME,
  frame,
  getBlock,
  getFrame,
  literal,
  RawHttp2Client,
  resetFrame,
} from '../../../support/clients/raw-http2-client.ts';
import { RawClient } from '../../../support/clients/raw-client.ts';

/** Makes an exchange whose client has gone already, and uses it in the turn in which it was made. */
type Late = (use: (exchange: HttpExchange) => void) => Promise<void>;

const LATE: Readonly<Record<string, Late>> = {
  'node:http': async (use) => {
    const server = createServer();
    const client = await RawClient.connect(await listen(server));
    client.send('GET / HTTP/1.1\r\nHost: a\r\n\r\n');
    const [request, response] = (await once(server, 'request')) as [IncomingMessage, ServerResponse];
    client.reset();
    await eventually('the client to be gone', () => response.destroyed);
    use(new Http1Exchange(request, response));
    server.close();
  },
  // Its stream is destroyed, too.
  'node:http2, reset with an error': (use) => resetAtOnce(CODE.protocol, use),
  'node:http2, reset without one': (use) => resetAtOnce(CODE.none, use),
};

/** A request that is reset in the first segment of its connection is closed before Node reports it. */
async function resetAtOnce(code: number, use: (exchange: HttpExchange) => void): Promise<void> {
  const http2 = createHttp2Server();
  const server = createTcpServer((socket: Socket) => whenProtocolKnown(socket, () => http2.emit('connection', socket)));
  const used = new Promise<void>((resolve) => {
    const take = async (stream: ServerHttp2Stream, headers: IncomingHttpHeaders): Promise<void> => {
      stream.on('error', () => undefined);
      expect(stream.closed).to.equal(true);
      use(new Http2Exchange(stream, headers));
    };
    http2.on('stream', (stream: ServerHttp2Stream, headers: IncomingHttpHeaders) => resolve(take(stream, headers)));
  });
  const client = await RawHttp2Client.connect(await listen(server), [getFrame(1, '/'), resetFrame(1, code)]);
  await used;
  client.raw.destroy();
  server.close();
}

async function listen(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}

for (const [name, late] of Object.entries(LATE))
  describe(`an exchange whose client has gone, on ${name}`, () => {
    it('accepts an answer without effect, and reports that it is gone', () =>
      late((exchange) => {
        exchange.answer(json('{}'));
        expect(exchange.isGone).to.equal(true);
      }));

    it('begins a stream that has already ended, and reports that to its session', () =>
      late((exchange) => {
        const socket = exchange.beginStream({ headers: [], firstBytes: ': connected\n\n', keepAlive: ':\n\n' });
        expect([socket.write('data: 1\n\n'), socket.writeKeepAlive()]).to.deep.equal(['closed', 'closed']);
        let gone = 0;
        socket.attach({ drained: () => undefined, gone: () => gone++ });
        expect(gone).to.equal(1);
        socket.end();
        socket.close();
      }));
  });

describe('an exchange on node:http2 that is answered before its request has ended', () => {
  it('is closed when the whole answer has been sent, and not before', async () => {
    const server = createHttp2Server();
    const isClosedAtOnce = new Promise<boolean>((resolve) => {
      server.on('stream', (stream: ServerHttp2Stream, headers: IncomingHttpHeaders) => {
        new Http2Exchange(stream, headers).answer(json('{"all":"of it"}'));
        resolve(stream.closed);
      });
    });
    const client = await RawHttp2Client.connect(await listen(server));
    client.raw.send(frame(FRAME.headers, FLAG.endHeaders, 1, getBlock('/')));
    expect(await isClosedAtOnce).to.equal(false);
    await eventually('the reset', () => client.resets.length > 0);
    expect(client.resets).to.deep.equal([CODE.none]);
    const sent = client.frames.filter(({ stream }) => stream === 1);
    expect(sent.map(({ type }) => type)).to.deep.equal([FRAME.headers, FRAME.data, FRAME.reset]);
    expect(sent[1]?.payload.toString()).to.equal('{"all":"of it"}');
    client.raw.destroy();
    server.close();
  });

  it('is closed even if the answer has no body', async () => {
    const server = createHttp2Server();
    server.on('stream', (stream: ServerHttp2Stream, headers: IncomingHttpHeaders) =>
      new Http2Exchange(stream, headers).answer(json('{}')),
    );
    const client = await RawHttp2Client.connect(await listen(server));
    const head = Buffer.concat([Buffer.from([0x02]), literal('HEAD'), getBlock('/').subarray(1)]);
    client.raw.send(frame(FRAME.headers, FLAG.endHeaders, 1, head));
    await eventually('the reset', () => client.resets.length > 0);
    expect(client.resets).to.deep.equal([CODE.none]);
    client.raw.destroy();
    server.close();
  });
});
