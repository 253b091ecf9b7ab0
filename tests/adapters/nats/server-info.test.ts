import { expect } from 'chai';
import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';
import { StepClock } from '../../../adapters/memory/step-clock.ts';
import { findServer, parseInfo } from '../../../adapters/nats/server-info.ts';
import { eventually } from '../../support/eventually.ts';

const info = (fields: object) => `INFO ${JSON.stringify({ version: '2.9.10', max_payload: 1_048_576, ...fields })}`;

describe('the INFO line of a server', () => {
  it('states whether TLS is required, and names the other servers', () => {
    expect(parseInfo(info({}))).to.deep.equal({ tlsRequired: false, others: [] });
    const clustered = info({ tls_required: true, connect_urls: ['10.0.0.1:4222', '[::1]:4223'] });
    expect(parseInfo(clustered)).to.deep.equal({ tlsRequired: true, others: ['10.0.0.1:4222', '[::1]:4223'] });
  });

  for (const line of [
    '',
    'INFO',
    'INFO ',
    'INFO null',
    'INFO 1',
    'INFO []',
    'INFO {}',
    'INFO {',
    '+OK',
    info({ version: undefined }),
    info({ version: 2 }),
    info({ version: 'two' }),
    info({ max_payload: '1' }),
    info({ max_payload: undefined }),
  ])
    it(`is not ${JSON.stringify(line)}`, () => expect(parseInfo(line)).to.equal(undefined));

  it('names other servers that can be dialled, and omits the rest', () => {
    const urls = ['a:4222', 'b', 'c:0', 'd:70000', 'e f:1', ':4222', '[x]:1', 7, null, {}, ['g:1']];
    expect(parseInfo(info({ connect_urls: urls }))?.others).to.deep.equal(['a:4222', 'b:4222']);
    for (const other of ['a:4222', null, 7, {}])
      expect(parseInfo(info({ connect_urls: other }))?.others).to.deep.equal([]);
  });

  describe('over a connection', () => {
    let server: Server;
    let accepted: Socket[];
    const clock = new StepClock();

    beforeEach(async () => {
      accepted = [];
      server = createServer((socket) => {
        accepted.push(socket);
        socket.on('error', () => undefined);
      }).listen(0, '127.0.0.1');
      await once(server, 'listening');
    });
    afterEach(() => {
      for (const socket of accepted) socket.destroy();
      server.close();
    });

    const address = () => `127.0.0.1:${(server.address() as { port: number }).port}`;

    async function searched(...servers: string[]) {
      const found = findServer(servers, { timeoutMs: 3000, clock, random: () => 0 });
      found.catch(() => undefined);
      await eventually('the server is dialled', () => accepted.length > 0);
      return { found, socket: accepted[0] as Socket };
    }

    async function refusal(found: Promise<unknown>): Promise<unknown> {
      return found.then(
        () => expect.fail('a server'),
        (error: unknown) => error,
      );
    }

    it('is assembled from its pieces', async () => {
      const { found, socket } = await searched(address());
      socket.write('INFO {"version":"2.9.10",');
      await clock.settle();
      socket.write(' "max_payload":1}\r\nPING\r\n');
      expect(await found).to.deep.equal({ listen: address(), host: '127.0.0.1', tlsRequired: false, others: [] });
    });

    it('fails if nothing arrives within its time', async () => {
      const { found } = await searched(address());
      await clock.advance(3000);
      expect(await refusal(found)).to.have.property('message', `${address()} sent nothing within 3000 ms`);
    });

    it('fails if the server speaks another protocol', async () => {
      const { found, socket } = await searched(address());
      socket.write('HTTP/1.1 400 Bad Request\r\n\r\n');
      expect(await refusal(found)).to.have.property('message', `${address()} does not speak NATS`);
    });

    it('fails if the line does not end', async () => {
      const { found, socket } = await searched(address());
      socket.write('x'.repeat(70_000));
      expect(await refusal(found)).to.have.property('message', `${address()} does not speak NATS`);
    });

    it('fails if the connection ends', async () => {
      const { found, socket } = await searched(address());
      socket.end();
      expect(await refusal(found)).to.have.property('message', `${address()} closed the connection`);
    });

    it('comes from the first server that has one', async () => {
      const { found, socket } = await searched('127.0.0.1:1', address());
      socket.write(`${info({})}\r\n`);
      expect(await found).to.have.property('listen', address());
    });

    it('is missing if there is no server at all, and the error says so', async () => {
      const none = findServer([], { timeoutMs: 3000, clock, random: () => 0 });
      expect(await refusal(none)).to.have.property('message', 'there is no server to dial');
    });
  });
});
