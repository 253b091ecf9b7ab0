import { type ClientHttp2Session } from 'node:http2';
import { expect } from 'chai';
import { MemoryTelemetry } from '../../adapters/memory/memory-telemetry.ts';
import { TOKENS } from '../../infrastructure/container.ts';
import { eventually } from '../support/eventually.ts';
import { connectHttp2, Http2Client } from '../support/clients/http2-client.ts';
import { RawClient } from '../support/clients/raw-client.ts';
import { type RunningService, startService } from '../support/servers/running-service.ts';
import { TRANSPORTS } from '../support/servers/transports.ts';

const PATH = '/sse/environments/env/stream';
const HEADER = 'X-Forwarded-For';

/** A request for a stream, as far as these tests look. */
interface Asked {
  readonly text: string;
  readonly isOver: boolean;
  leave(): void;
}

/** How a request with these lines of `X-Forwarded-For` is made, from one of this machine's own addresses. */
type Ask = (service: RunningService, from: string, forwardedFor: readonly string[]) => Promise<Asked>;

const http1: Ask = async ({ port }, from, forwardedFor) => {
  const client = await RawClient.connect(port, '127.0.0.1', { from });
  const lines = forwardedFor.map((line) => `${HEADER}: ${line}\r\n`);
  client.send(`GET ${PATH} HTTP/1.1\r\nHost: localhost\r\n${lines.join('')}\r\n`);
  return {
    get text() {
      return client.text;
    },
    get isOver() {
      return client.ending !== 'open';
    },
    leave: () => client.destroy(),
  };
};

const http2: Ask = async ({ url }, from, forwardedFor) => {
  const session: ClientHttp2Session = await connectHttp2(url(''), { localAddress: from } as object);
  const headers = forwardedFor.length === 0 ? {} : { [HEADER]: forwardedFor as unknown as string };
  const client = new Http2Client(session, PATH, headers);
  return {
    get text() {
      const head = Object.entries(client.headers).map(([name, value]) => `${name}: ${String(value)}\r\n`);
      return client.status === 0 ? '' : `HTTP/2 ${client.status}\r\n${head.join('')}\r\n${client.received}`;
    },
    get isOver() {
      return client.ending !== 'open';
    },
    leave: () => session.destroy(),
  };
};

const WAYS = [
  ...TRANSPORTS.map(({ name, environment }) => ({ name, environment, ask: http1, carriesOne: true })),
  { name: 'node:http2', environment: { HTTP1_TRANSPORT: 'node' }, ask: http2, carriesOne: false },
];

for (const { name, environment, ask, carriesOne } of WAYS)
  describe(`the streams of an address on ${name}`, () => {
    let service: RunningService;
    let telemetry: MemoryTelemetry;
    const all: Asked[] = [];

    async function start(variables: Record<string, string> = {}): Promise<void> {
      telemetry = new MemoryTelemetry();
      service = await startService({ ...environment, MAX_STREAMS_PER_ADDRESS: '1', ...variables }, (container) => {
        container.rebind(TOKENS.telemetry).toConstantValue(telemetry);
      });
    }

    /** Asks for a stream, and waits until it is open, or refused. */
    async function open(from: string, ...forwardedFor: string[]): Promise<'open' | 'refused'> {
      const { opened, refused } = counts();
      all.push(await ask(service, from, forwardedFor));
      await eventually('the stream to be opened or refused', () => {
        const now = counts();
        return now.opened + now.refused > opened + refused;
      });
      return counts().opened > opened ? 'open' : 'refused';
    }

    const counts = (): { opened: number; refused: number } => ({
      opened: telemetry.count('streamOpened'),
      refused: telemetry.count('streamRefused.address'),
    });

    afterEach(async () => {
      for (const one of all.splice(0)) one.leave();
      await service?.stop();
    });

    it('S-12: are limited: one more is refused after a delay, and there is room when one ends', async () => {
      await start();
      expect(await open('127.0.0.1')).to.equal('open');
      const beganMs = performance.now();
      expect(await open('127.0.0.1')).to.equal('refused');
      const [first, refused] = all as [Asked, Asked];
      expect(await open('127.0.0.2')).to.equal('open');
      await eventually('the refusal', () => refused.text.endsWith('}'));
      expect(performance.now() - beganMs).to.be.greaterThan(4500);
      expect(refused.text).to.match(/^HTTP\/\S+ 503/);
      expect(refused.text).to.match(/^retry-after: 5\r$/im);
      expect(refused.text).to.match(/^access-control-allow-origin: \*\r$/im);
      expect(refused.text).to.include('{"error":{"code":"too_many_streams",');
      first.leave();
      await eventually('room for one more', async () => (await open('127.0.0.1')) === 'open');
    });

    it('S-12: are those of the peer, whatever its headers say, if it is not a trusted proxy', async () => {
      await start({ TRUSTED_PROXIES: '127.0.0.9' });
      expect(await open('127.0.0.1', '203.0.113.1')).to.equal('open');
      expect(await open('127.0.0.1', '203.0.113.2')).to.equal('refused');
    });

    it('S-12: are those of the last address in all lines that is not a trusted proxy', async () => {
      await start({ TRUSTED_PROXIES: '127.0.0.0/30, 2001:db8::/32' });
      expect(await open('127.0.0.1', '203.0.113.1')).to.equal('open');
      // The lines before the last are the client's own.
      expect(await open('127.0.0.2', '198.51.100.1', '203.0.113.1:4711')).to.equal('refused');
      expect(await open('127.0.0.1', '198.51.100.2, 198.51.100.3', '203.0.113.1, [2001:db8::7]:80')).to.equal(
        'refused',
      );
      expect(await open('127.0.0.1', '203.0.113.1', '203.0.113.2')).to.equal('open');
      expect(await open('127.0.0.1', '2001:4860:0:1::1')).to.equal('open');
      expect(await open('127.0.0.1', '2001:4860:0:1:f::2')).to.equal('refused');
    });

    it('S-12: are those of the proxy if its header cannot be read, and of the first address if all are proxies', async () => {
      await start({ TRUSTED_PROXIES: '127.0.0.0/30' });
      expect(await open('127.0.0.1', '203.0.113.1, unknown')).to.equal('open');
      expect(await open('127.0.0.1')).to.equal('refused');
      expect(await open('127.0.0.1', '127.0.0.3, 127.0.0.2')).to.equal('open');
      expect(await open('127.0.0.3')).to.equal('refused');
    });

    it('S-12: are those of an IPv4 address, even if the socket is an IPv6 one', async () => {
      await start({ LISTEN_ADDR: '[::ffff:127.0.0.1]:0', TRUSTED_PROXIES: '127.0.0.2' });
      expect(await open('127.0.0.1')).to.equal('open');
      expect(await open('127.0.0.2', '127.0.0.1')).to.equal('refused');
    });

    it('S-11, S-12: refuse at once, where as many are held as may be, and close what carries nothing else', async () => {
      // Of the 19,936 connections half of what the streams leave.
      await start({ MAX_SUBSCRIBERS: '19932', KEEP_ALIVE_SECONDS: '1' });
      expect(await open('127.0.0.1')).to.equal('open');
      for (let held = 0; held < 2; held++) expect(await open('127.0.0.1')).to.equal('refused');
      const [, ...held] = all;
      expect(await open('127.0.0.1')).to.equal('refused');
      const third = all.at(-1) as Asked;
      await eventually('the answer, before those that are held', () => third.text.endsWith('}'));
      expect(held.map(({ text }) => text)).to.deep.equal(['', '']);
      expect(third.text).to.include('"too_many_streams"');
      if (carriesOne) {
        expect(third.text).to.match(/^connection: close\r$/im);
        await eventually('the connection to close', () => third.isOver);
      }
      // A place that a client leaves is another's: it waits, while the next one does not.
      held[0]?.leave();
      await eventually('one more to be held', async () => {
        await open('127.0.0.1');
        await open('127.0.0.1');
        const [next, last] = all.slice(-2) as [Asked, Asked];
        await eventually('the answer to the last', () => last.text.endsWith('}'));
        return next.text === '';
      });
      expect(held[1]?.text).to.equal('');
    });

    if (name === 'uWebSockets.js')
      it('S-12: are those of the peer, whatever the PROXY protocol says before its request', async () => {
        await start({ TRUSTED_PROXIES: '127.0.0.0/8' });
        const signature = Buffer.from('0d0a0d0a000d0a515549540a', 'hex');
        for (const [last, outcome] of [
          [1, 'opened'],
          [2, 'refused'],
        ] as const) {
          const client = await RawClient.connect(service.port, '127.0.0.1', { from: '127.0.0.1' });
          // Version 2, TCP over IPv4, 12 bytes: two addresses and two ports.
          const header = Buffer.from([0x21, 0x11, 0, 12, 203, 0, 113, last, 127, 0, 0, 1, 0, 80, 0, 80]);
          client.send(Buffer.concat([signature, header, Buffer.from(`GET ${PATH} HTTP/1.1\r\nHost: a\r\n\r\n`)]));
          all.push({ text: '', isOver: false, leave: () => client.destroy() });
          await eventually(`the stream to be ${outcome}`, () => counts()[outcome] === 1);
        }
      });

    if (name === 'node:http')
      it('S-12: are those of the address that a proxy names behind any number of other headers', async () => {
        await start({ TRUSTED_PROXIES: '127.0.0.1' });
        for (const [own, outcome] of [
          ['198.51.100.1', 'opened'],
          ['198.51.100.2', 'refused'],
        ] as const) {
          const client = await RawClient.connect(service.port);
          const head = `GET ${PATH} HTTP/1.1\r\nHost: a\r\n${HEADER}: ${own}\r\n${'a:\r\n'.repeat(3000)}`;
          client.send(`${head}${HEADER}: 203.0.113.1\r\n\r\n`);
          all.push({ text: '', isOver: false, leave: () => client.destroy() });
          await eventually(`the stream to be ${outcome}`, () => counts()[outcome] === 1);
        }
      });
  });
