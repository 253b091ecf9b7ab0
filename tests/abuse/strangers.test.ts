import crypto from 'node:crypto';
import { syncBuiltinESMExports } from 'node:module';
import { expect } from 'chai';
import { SharedTokens } from '../../adapters/system/shared-tokens.ts';
import { TOKENS } from '../../infrastructure/container.ts';
import { eventually } from '../support/eventually.ts';
import { MemoryInstance } from '../support/memory-instance.ts';
import { ServiceProcess } from '../support/service-process.ts';
import { startService } from '../support/running-service.ts';

describe('strangers', () => {
  it('who follow any number of environments that nobody changes leave no channel behind', async () => {
    const instance = await new MemoryInstance().start();
    for (let round = 0; round < 20; round++) {
      const streams = Array.from({ length: 1000 }, (_, at) => instance.subscribe(`stranger-${round}-${at}`));
      expect(instance.hub.channels.size).to.equal(1000);
      for (const { stream } of streams) stream.gone();
      expect(instance.hub.channels.size).to.equal(0);
    }
  });

  it('who guess tokens are refused, change nothing, and fill no log', async function () {
    this.timeout(60_000);
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
      expect(service.lines.length - lines, 'log lines for 1,000 guesses').to.be.at.most(25);
      expect(JSON.stringify(service.lines)).to.not.include('guess-');
    } finally {
      await service.kill();
    }
  });

  it('learn nothing from the time that a wrong token takes: as many bytes are compared, with every known one', () => {
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

  it('who open more streams than there may be are held, and then refused, and others still get health', async () => {
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
});
