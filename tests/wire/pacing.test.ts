import { expect } from 'chai';
import { SystemClock } from '../../adapters/system/system-clock.ts';
import type { Clock, Timer } from '../../application/ports/clock.ts';
import { TOKENS } from '../../infrastructure/container.ts';
import { LiveStepClock } from '../../infrastructure/testing/live-step-clock.ts';
import { StreamClient } from '../support/clients/stream-client.ts';
import { sampleOf } from '../support/documents/metrics-text.ts';
import { eventually } from '../support/eventually.ts';
import { type RunningService, startService, TOKEN } from '../support/servers/running-service.ts';
import { TRANSPORTS } from '../support/servers/transports.ts';

const AUTHORIZED = { headers: { Authorization: `Token ${TOKEN}` } };

/** The machine's clock, with a count of what wakes the process up. */
class CountingClock extends SystemClock {
  turns = 0;
  timers = 0;

  override nextTurn(task: () => void): void {
    this.turns++;
    super.nextTurn(task);
  }

  override after(delayMs: number, task: () => void): Timer {
    return super.after(delayMs, () => {
      this.timers++;
      task();
    });
  }
}

for (const { name, environment } of TRANSPORTS)
  describe(`updates at a pace on ${name}`, () => {
    const clock = { step: new LiveStepClock() };
    let service: RunningService;
    const clients: StreamClient[] = [];

    async function start(
      variables: Record<string, string>,
      on: Clock = (clock.step = new LiveStepClock()),
    ): Promise<void> {
      service = await startService({ ...environment, ...variables }, (container) => {
        container.rebind(TOKENS.clock).toConstantValue(on);
      });
    }

    async function open(count: number, key = 'abc'): Promise<StreamClient[]> {
      const opened = await Promise.all(Array.from({ length: count }, () => StreamClient.open(service.port, key)));
      clients.push(...opened);
      return opened;
    }

    /** Waits until just so many of them have an event of this time as their last. */
    function have(those: readonly StreamClient[], count: number, updatedAt: string): Promise<void> {
      const having = (): number => those.filter(({ heard }) => heard.at(-1) === updatedAt).length;
      return eventually(
        () => `${count} clients to hear ${updatedAt}, not ${having()}`,
        () => having() === count,
      );
    }

    afterEach(async () => {
      for (const client of clients.splice(0)) client.close();
      const stopped = service?.stop();
      await clock.step.advance(10_000);
      await stopped;
    });

    it("P-1: are sent to a second's worth of streams at once, and then to the paced number a second", async () => {
      await start({ REFETCH_PER_SECOND: '10' });
      const all = await open(25);
      expect((await service.publish('abc', 1)).status).to.equal(200);
      await have(all, 10, '1');
      for (let reached = 11; reached <= 25; reached++) {
        await clock.step.advance(100);
        await have(all, reached, '1');
      }
      await clock.step.advance(10_000);
      for (const { heard } of all) expect(heard).to.deep.equal(['1']);
    });

    it('P-1: leave the process idle while they wait', async () => {
      const counting = new CountingClock();
      await start({ REFETCH_PER_SECOND: '20' }, counting);
      const all = await open(60);
      await service.publish('abc', 1);
      await have(all, 20, '1');
      const [beganMs, turns, timers] = [performance.now(), counting.turns, counting.timers];
      await have(all, 60, '1');
      const steps = (performance.now() - beganMs) / 100;
      // Each step is one timer, and so is each sweep, a second; a load on the machine makes them fewer.
      expect(counting.timers - timers).to.be.at.most(Math.ceil(steps * 1.1) + 2);
      expect(counting.turns - turns).to.be.at.most(5);
    });

    it('P-2: reach a few streams within the second beside many of another environment', async () => {
      await start({ REFETCH_PER_SECOND: '20' });
      const [many, few] = [await open(60, 'many'), await open(3, 'few')];
      await service.publish('many', 1);
      await have(many, 20, '1');
      await service.publish('few', 2);
      await clock.step.advance(1000);
      await have(few, 3, '2');
      await have(many, 37, '1');
    });

    it('P-3: are sent first to streams that the previous one has not reached, and all receive the newest', async () => {
      await start({ REFETCH_PER_SECOND: '10' });
      const all = await open(20);
      await service.publish('abc', 1);
      await have(all, 10, '1');
      await service.publish('abc', 2);
      await clock.step.advance(1000);
      await have(all, 10, '2');
      expect(all.filter(({ heard }) => heard.join() === '1')).to.have.length(10);
      await clock.step.advance(1000);
      await have(all, 20, '2');
    });

    it('P-4: do not wait for it on connecting', async () => {
      await start({ REFETCH_PER_SECOND: '1' });
      const waiting = await open(5);
      await service.publish('abc', 1);
      await have(waiting, 1, '1');
      await have(await open(10), 10, '1');
      await have(waiting, 1, '1');
    });

    it('S-15: come before the end of a stream that they have not reached, at its age and in a drain', async () => {
      await start({ REFETCH_PER_SECOND: '1', MAX_STREAM_AGE_SECONDS: '10', DRAIN_SECONDS: '1' });
      const aged = await open(10);
      await clock.step.advance(7500);
      await service.publish('abc', 1);
      await clock.step.advance(5500);
      for (const client of aged) {
        await eventually('the end of the stream', () => client.ending === 'ended');
        expect(client.heard).to.deep.equal(['1']);
      }
      const drained = await open(10);
      await service.publish('abc', 2);
      const stopped = service.stop();
      await clock.step.advance(2000);
      await stopped;
      for (const client of drained) {
        await eventually('the end of the stream', () => client.ending === 'ended');
        expect(client.heard).to.deep.equal(['1', '2']);
      }
    });

    it('are shown to operators: how far they are, and that they are not slow', async () => {
      await start({ REFETCH_PER_SECOND: '10' });
      const all = await open(40);
      await service.publish('abc', 1);
      await have(all, 10, '1');
      await clock.step.advance(2000);
      await have(all, 30, '1');
      const report = (await (await fetch(service.url('/debug/environments/abc'), AUTHORIZED)).json()) as object;
      expect(report).to.deep.include({
        state: 'spreading',
        subscribers: 40,
        behind: 10,
        pass: { seconds: 2, reached: 30, left: 10 },
      });
      const text = await (await fetch(service.url('/metricsz'))).text();
      expect(sampleOf(text, 'halyard_subscribers_behind')).to.be.within(10, 12);
      expect(sampleOf(text, 'halyard_pace_held_seconds_count')).to.equal(30);
      expect(sampleOf(text, 'halyard_pace_held_seconds_bucket{le="1"}')).to.equal(20);
      expect(sampleOf(text, 'halyard_delivery_latency_seconds_bucket{le="0.001"}')).to.equal(30);
    });

    it('E-1: are sent once more after the times of ECHO_SECONDS, as the same event', async () => {
      await start({ ECHO_SECONDS: '2,5' });
      const [client] = await open(1);
      await service.publish('abc', 1_733_480_514);
      await eventually('the update', () => client?.events.length === 1);
      for (const [waitMs, count] of [
        [1900, 1],
        [200, 2],
        [2700, 2],
        [300, 3],
        [60_000, 3],
      ] as const) {
        await clock.step.advance(waitMs);
        await eventually(`${count} events`, () => client?.events.length === count);
      }
      expect(new Set(client?.events.map(({ id, data }) => `${id} ${data}`)).size).to.equal(1);
      const text = await (await fetch(service.url('/metricsz'))).text();
      expect(sampleOf(text, 'halyard_echoes_total')).to.equal(2);
    });

    it('E-2: are not sent once more when a newer one came', async () => {
      await start({ ECHO_SECONDS: '2' });
      const [client] = await open(1);
      await service.publish('abc', 1);
      await clock.step.advance(1500);
      await service.publish('abc', 2);
      await clock.step.advance(1500);
      await eventually('both', () => client?.heard.length === 2);
      await clock.step.advance(60_000);
      await eventually('the echo', () => client?.heard.length === 3);
      expect(client?.heard).to.deep.equal(['1', '2', '2']);
    });

    it('E-2: are sent once more to the first client that connects soon after them', async () => {
      await start({ ECHO_SECONDS: '2,65' });
      await service.publish('abc', 1);
      await clock.step.advance(30_000);
      const [client] = await open(1);
      await clock.step.advance(65_000);
      await eventually('both echoes', () => client?.heard.length === 3);
      await clock.step.advance(60_000);
      expect(client?.heard).to.deep.equal(['1', '1', '1']);
    });
  });
