import { expect } from 'chai';
import type { AppendOutcome } from '../../application/ports/update-log.ts';
import type { UpdatedAt } from '../../domain/updated-at.ts';
import { env, MemoryInstance } from '../support/memory/memory-instance.ts';

const ENVIRONMENT = env('production');

const REFUSED: AppendOutcome = { kind: 'unavailable', reason: 'refused' };

/** The path of a change in one instance, on a log that can go away. */
class Path extends MemoryInstance {
  /** Asks for a change, and lets its deadline pass. */
  async refused(updatedAt: string): Promise<void> {
    const answer = this.publish(ENVIRONMENT, updatedAt);
    await this.clock.advance(1501);
    expect(await answer).to.equal('unavailable');
  }

  storedElsewhere(updatedAt: string): void {
    this.store.append(ENVIRONMENT, updatedAt as UpdatedAt);
  }

  async logReturns(): Promise<void> {
    this.log.restore();
    await this.clock.advance(5000);
  }

  get last(): string | undefined {
    return this.stored.get(ENVIRONMENT)?.updatedAt;
  }
}

describe('A late append', () => {
  it('is not delayed by a steady flow of refusals of other environments', async () => {
    const path = new Path();
    await path.start();
    const append = path.log.append.bind(path.log);
    path.log.append = (environment, updatedAt, options) =>
      environment === 'refused' ? Promise.resolve(REFUSED) : append(environment, updatedAt, options);
    path.log.interrupt();
    await path.refused('1733443200.000000');
    path.log.restore();
    const unanswered: Promise<string>[] = [];
    for (let half = 0; half < 10; half++) {
      unanswered.push(path.publish('refused', 1733443200 + half));
      await path.clock.advance(500);
    }
    expect(path.last).to.equal('1733443200.000000');
    await path.clock.advance(2000);
    expect(new Set(await Promise.all(unanswered))).to.deep.equal(new Set(['unavailable']));
  });

  it('is tried again when the instance stops', async () => {
    const path = new Path({ DRAIN_SECONDS: '0' });
    await path.start();
    path.log.interrupt();
    await path.refused('1733443200.000000');
    const append = path.log.append.bind(path.log);
    let refusals = 1;
    path.log.append = (...call) => (refusals-- > 0 ? Promise.resolve(REFUSED) : append(...call));
    path.log.restore();
    await path.clock.advance(10);
    expect(path.last).to.equal(undefined);
    const stopped = path.stop();
    await path.clock.advance(3000);
    await stopped;
    expect(path.last).to.equal('1733443200.000000');
  });

  it('gives way to what was stored since it was refused', async () => {
    for (const [refused, newer] of [
      ['1733480000.000000', '1733480001.000000'],
      ['5', '4'],
    ] as const) {
      const path = new Path();
      await path.start();
      path.log.interrupt();
      await path.refused(refused);
      path.storedElsewhere(newer);
      await path.logReturns();
      expect(path.last).to.equal(newer);
      expect(path.telemetry.count('pendingSettled.superseded')).to.equal(1);
    }
  });

  it('is appended after an update that was stored before its first try, even if this instance had not received that one and the values cannot be compared', async () => {
    const path = new Path();
    path.log.interrupt();
    await path.start();
    path.storedElsewhere('1');
    await path.clock.advance(1000);
    await path.refused('2');
    await path.logReturns();
    expect(path.last).to.equal('2');
    expect(path.telemetry.count('pendingSettled.appended')).to.equal(1);
  });

  it('counts from the first try of the update that replaced another one', async () => {
    const path = new Path();
    await path.start();
    path.log.interrupt();
    await path.refused('1');
    path.storedElsewhere('2');
    await path.clock.advance(1000);
    await path.refused('3');
    await path.logReturns();
    expect(path.last).to.equal('3');
  });

  it('is not stored over a newer update of a stream that was recreated and has reached the same sequence', async () => {
    const path = new Path();
    path.storedElsewhere('1733480000.000000');
    await path.start();
    path.log.interrupt();
    await path.refused('1733480001.000000');
    path.store.reset();
    path.storedElsewhere('1733480002.000000');
    await path.logReturns();
    expect(path.last).to.equal('1733480002.000000');
  });
});
