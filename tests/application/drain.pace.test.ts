import { expect } from 'chai';
import { MemorySocket } from '../../adapters/memory/memory-socket.ts';
import { MemoryTelemetry } from '../../adapters/memory/memory-telemetry.ts';
import { StepClock } from '../../adapters/memory/step-clock.ts';
import { Drain } from '../../application/drain.ts';
import { Health } from '../../application/health.ts';
import { Hub } from '../../application/hub.ts';
import type { HttpListener } from '../../application/ports/http-listener.ts';
import { parseEnvironmentId } from '../../domain/environment-id.ts';
import { RecordedLogger } from '../support/recorded-logger.ts';

const STREAMS = 20_000;
const STEP_MS = 50;

/** A fleet's worth of streams in memory, and a clock that counts the ends of each moment exactly. */
describe('The pace of a drain', () => {
  const clock = new StepClock();
  const hub = new Hub(
    { retentionMs: 3_600_000 },
    { clock, encoder: { encode: () => '' }, telemetry: new MemoryTelemetry() },
  );
  const health = new Health(STREAMS * 2, hub, clock);
  const listening = { is: true };
  const listener: HttpListener = {
    ports: [],
    listen: () => Promise.resolve(),
    stopListening: () => void (listening.is = false),
    close: () => undefined,
  };
  const sockets: MemorySocket[] = [];
  const ended = (): number => sockets.filter(({ ending }) => ending === 'ended').length;

  it('lets clients come back no faster than streams / DRAIN_SECONDS, after DRAIN_WAIT_SECONDS of grace', async () => {
    for (let stream = 0; stream < STREAMS; stream++) {
      const environment = parseEnvironmentId(`environment-${stream % 7}`);
      if (environment === undefined) throw new Error('the key is none');
      const socket = new MemorySocket();
      sockets.push(socket);
      hub.join(environment, socket, { endsAtMs: Infinity });
    }
    health.caughtUpWithLog();
    const drain = new Drain(
      { waitMs: 5000, spreadMs: 10_000 },
      { hub, health, listeners: [listener] },
      { clock, logger: new RecordedLogger() },
    );
    let done = false;
    void drain.run().then(() => (done = true));

    await clock.advance(4999);
    expect([health.unready(), listening.is, ended()]).to.deep.equal(['draining', true, 0]);

    // A second's share, and the share of the one step that may fall into it as well.
    const bound = (STREAMS / 10) * (1 + STEP_MS / 1000);
    const endsBySecond: number[] = [];
    for (let second = 0; second < 11; second++) {
      const before = ended();
      await clock.advance(1000);
      endsBySecond.push(ended() - before);
    }
    expect(Math.max(...endsBySecond), endsBySecond.join()).to.be.at.most(bound);
    expect([ended(), hub.subscribers, listening.is, done]).to.deep.equal([STREAMS, 0, false, true]);
  });
});
