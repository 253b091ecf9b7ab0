import { expect } from 'chai';
import { SseEncoder } from '../../adapters/http/sse.ts';
import { MemoryLog, MemoryStore } from '../../adapters/memory/memory-log.ts';
import { MemoryTelemetry } from '../../adapters/memory/memory-telemetry.ts';
import { StepClock } from '../../adapters/memory/step-clock.ts';
import { Health } from '../../application/health.ts';
import { DEFAULT_SLICES, Hub } from '../../application/hub.ts';
import { LogTail } from '../../application/log-tail.ts';
import { PendingUpdates } from '../../application/pending-updates.ts';
import type { Logger } from '../../application/ports/logger.ts';
import { QueueChange } from '../../application/queue-change.ts';
import type { EnvironmentId } from '../../domain/environment-id.ts';
import type { UpdatedAt } from '../../domain/updated-at.ts';

const ENVIRONMENT = 'production' as EnvironmentId;
const SILENT: Logger = { debug() {}, info() {}, warn() {}, error() {} };

/** The path of a change in one instance, on a log that can go away. */
class Path {
  readonly clock = new StepClock(1_733_480_000_000);
  readonly store = new MemoryStore({ retentionMs: 3_600_000 }, this.clock);
  readonly log = new MemoryLog(this.store, this.clock);
  readonly telemetry = new MemoryTelemetry();
  readonly changes: QueueChange;

  constructor() {
    const { clock, log, telemetry } = this;
    const encoder = new SseEncoder('environment_updated');
    const hub = new Hub(
      { retentionMs: 3_600_000, slices: DEFAULT_SLICES },
      { clock, encoder, logger: SILENT, telemetry },
    );
    const pending = new PendingUpdates({ maxEnvironments: 10, appendTimeoutMs: 1500 }, hub, {
      log,
      clock,
      logger: SILENT,
      telemetry,
    });
    const health = new Health(10, hub, clock);
    this.changes = new QueueChange({ deadlineMs: 1500 }, { hub, pending }, { log, clock, logger: SILENT, telemetry });
    log.follow(new LogTail({ hub, health, pending }, { logger: SILENT, telemetry }));
  }

  /** Asks for a change, and lets its deadline pass. */
  async refused(updatedAt: string): Promise<void> {
    const answer = this.changes.change(ENVIRONMENT, updatedAt as UpdatedAt);
    await this.clock.advance(1501);
    expect(await answer).to.equal('unavailable');
  }

  storedElsewhere(updatedAt: string): void {
    this.store.append(ENVIRONMENT, updatedAt as UpdatedAt, undefined);
  }

  async logReturns(): Promise<void> {
    this.log.restore();
    await this.clock.advance(5000);
  }

  get last(): string | undefined {
    return this.store.replay()[0]?.[1].updatedAt;
  }
}

describe('A late append', () => {
  it('gives way to what was stored since it was refused', async () => {
    for (const [refused, newer] of [
      ['1733480000.000000', '1733480001.000000'],
      ['5', '4'],
    ] as const) {
      const path = new Path();
      await path.clock.settle();
      path.log.interrupt();
      await path.refused(refused);
      path.storedElsewhere(newer);
      await path.logReturns();
      expect(path.last).to.equal(newer);
      expect(path.telemetry.count('pendingSettled.superseded')).to.equal(1);
    }
  });

  it('follows what was there before it was first tried, unheard of by this instance, also where values say nothing', async () => {
    const path = new Path();
    path.log.interrupt();
    path.storedElsewhere('1');
    await path.clock.advance(1000);
    await path.refused('2');
    await path.logReturns();
    expect(path.last).to.equal('2');
    expect(path.telemetry.count('pendingSettled.appended')).to.equal(1);
  });

  it('goes by the first try of the update that took the place of another', async () => {
    const path = new Path();
    await path.clock.settle();
    path.log.interrupt();
    await path.refused('1');
    path.storedElsewhere('2');
    await path.clock.advance(1000);
    await path.refused('3');
    await path.logReturns();
    expect(path.last).to.equal('3');
  });

  it('is not stored over a newer update of a stream that was made anew and has come to the same sequence', async () => {
    const path = new Path();
    path.storedElsewhere('1733480000.000000');
    await path.clock.settle();
    path.log.interrupt();
    await path.refused('1733480001.000000');
    path.store.reset();
    path.storedElsewhere('1733480002.000000');
    await path.logReturns();
    expect(path.last).to.equal('1733480002.000000');
  });
});
