import crypto from 'node:crypto';
import { syncBuiltinESMExports } from 'node:module';
import { expect } from 'chai';
import { SharedTokens } from '../../adapters/system/shared-tokens.ts';
import { TOKENS } from '../../infrastructure/container.ts';
import { eventually } from '../support/eventually.ts';
import { MemoryInstance } from '../support/memory/memory-instance.ts';
import { RawClient } from '../support/clients/raw-client.ts';
import { ServiceProcess } from '../support/servers/service-process.ts';
import { startService } from '../support/servers/running-service.ts';
import { StreamClient } from '../support/clients/stream-client.ts';
import { TRANSPORTS } from '../support/servers/transports.ts';

describe('strangers', () => {
  it('that follow any number of environments without changes leave no channel behind', async () => {
    const instance = await new MemoryInstance().start();
    for (let round = 0; round < 20; round++) {
      const streams = Array.from({ length: 1000 }, (_, at) => instance.subscribe(`stranger-${round}-${at}`));
      expect(instance.hub.channels.size).to.equal(1000);
      for (const { stream } of streams) stream.gone();
      expect(instance.hub.channels.size).to.equal(0);
    }
  });

  it('that guess tokens are refused, change nothing, and do not fill the log', async () => {
    const service = await ServiceProcess.start();
    try {
      const guess = async (at: number): Promise<number> => {
        const answer = await fetch(service.url(`/sse/environments/abc/queue-change`), {
          method: 'POST',
          headers: { Authorization: `Token guess-${at}` },
          body: '{"updated_at":123}',
        });
        await answer.arrayBuffer();
        return answer.status;
      };
      const lines = service.lines.length;
      for (let at = 0; at < 1000; at += 50) {
        const statuses = await Promise.all(Array.from({ length: 50 }, (_, more) => guess(at + more)));
        expect(new Set(statuses)).to.deep.equal(new Set([401]));
      }
      expect(service.lines.length - lines, 'log lines for 1,000 guesses, twenty in ten seconds').to.be.at.most(200);
      expect(JSON.stringify(service.lines)).to.not.include('guess-');
    } finally {
      await service.kill();
    }
  });

  it('learn nothing from the time that a wrong token takes: the same number of bytes is compared with every known token', () => {
    const compared: number[] = [];
    const { timingSafeEqual } = crypto;
    crypto.timingSafeEqual = (known, presented) => {
      compared.push(known.byteLength, presented.byteLength);
      return timingSafeEqual(known, presented);
    };
    syncBuiltinESMExports();
    try {
      const tokens = new SharedTokens(['first', 'second']);
      const presented = ['first', 'second', 'secon', 'second2', 'first\0', 'x'.repeat(4000), '', 'fir\u0173t'];
      expect(presented.filter((token) => tokens.accepts(token))).to.deep.equal(['first', 'second']);
      expect(compared).to.deep.equal(presented.flatMap(() => [7, 7, 7, 7]));
    } finally {
      crypto.timingSafeEqual = timingSafeEqual;
      syncBuiltinESMExports();
    }
  });

  it('that open more streams than allowed are held and then refused, and others still get health', async () => {
    const service = await startService({ MAX_SUBSCRIBERS: '5' });
    const controllers = Array.from({ length: 50 }, () => new AbortController());
    const answers = controllers.map(({ signal }) =>
      fetch(service.url('/sse/environments/abc/stream'), { signal }).then(
        ({ status }) => status,
        () => 0,
      ),
    );
    const hub = service.container.get(TOKENS.hub);
    await eventually('as many streams as there may be', () => hub.subscribers === 5);
    expect((await fetch(service.url('/livez'))).status).to.equal(200);
    const statuses = await Promise.all(answers);
    expect(statuses.filter((status) => status === 200)).to.have.length(5);
    expect(statuses.filter((status) => status === 503)).to.have.length(45);
    for (const controller of controllers) controller.abort();
    await service.stop();
  });

  for (const { name, environment } of TRANSPORTS)
    it(`that open thousands of streams from one address leave room for others on ${name}`, async () => {
      // Of 19,936 connections these streams leave 936, so 468 refusals are held.
      const limits = { MAX_SUBSCRIBERS: '19000', MAX_STREAMS_PER_ADDRESS: '100' };
      const service = await startService({ ...environment, ...limits });
      const strangers: RawClient[] = [];
      for (let asked = 0; asked < 3000; asked++) {
        const stranger = await RawClient.connect(service.port, '127.0.0.1', { from: '127.0.0.2' });
        // Another address in each request, as if it came by way of a proxy.
        const lie = `X-Forwarded-For: 203.0.${asked >> 8}.${asked & 255}`;
        stranger.send(`GET /sse/environments/abc/stream HTTP/1.1\r\nHost: h\r\n${lie}\r\n\r\n`);
        strangers.push(stranger);
      }
      const others = await Promise.all(Array.from({ length: 50 }, () => StreamClient.open(service.port, 'abc')));
      expect(others.map(({ status }) => status)).to.deep.equal(others.map(() => 200));
      const ended = (): number => strangers.filter(({ ending }) => ending !== 'open').length;
      // Those that were held first may have been answered by now, and others be held in their place.
      await eventually('most of those to be turned away that are not held', () => ended() > 1000);
      expect(service.subscribers).to.equal(150);
      await service.publish('abc', 123);
      for (const other of others) await other.hears('123');
      for (const client of [...strangers, ...others.map(({ raw }) => raw)]) client.destroy();
      await eventually('all to be forgotten', () => service.subscribers === 0);
      expect((await StreamClient.open(service.port, 'abc')).status).to.equal(200);
      await service.stop();
    });
});
