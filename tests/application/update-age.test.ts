import { expect } from 'chai';
import { MemoryTelemetry } from '../../adapters/memory/memory-telemetry.ts';
import { TOKENS } from '../../infrastructure/container.ts';
import { MemoryInstance } from '../support/memory/memory-instance.ts';

class Ages extends MemoryTelemetry {
  /** For each slice: how many sessions received the update, and how old it was, in milliseconds. */
  readonly all: (readonly [count: number, ageMs: number])[] = [];

  override deliveredAtAge(count: number, ageMs: number): void {
    this.all.push([count, Math.round(ageMs)]);
  }
}

async function measured(environment: Record<string, string> = {}): Promise<{ instance: MemoryInstance; ages: Ages }> {
  const instance = new MemoryInstance(environment);
  const ages = new Ages();
  instance.container.rebind(TOKENS.telemetry).toConstantValue(ages);
  return { instance: await instance.start(), ages };
}

/** Epoch seconds as the Flagsmith API sends them, `agoMs` before now. */
function secondsAgo({ clock }: MemoryInstance, agoMs: number): string {
  return ((clock.epochMs() - agoMs) / 1000).toFixed(6);
}

describe('the age of an update', () => {
  it('counts from its updated_at to the write, for each session that received it', async () => {
    const { instance, ages } = await measured();
    instance.subscribe('a');
    instance.subscribe('a');
    await instance.published('a', secondsAgo(instance, 1500));
    expect(ages.all).to.deep.equal([[2, 1500]]);
  });

  it('includes the time for which a pace held the update back', async () => {
    const { instance, ages } = await measured({ REFETCH_PER_SECOND: '1' });
    instance.subscribe('a');
    instance.subscribe('a');
    await instance.published('a', secondsAgo(instance, 500));
    await instance.clock.advance(2000);
    expect(ages.all).to.deep.equal([
      [1, 500],
      [1, 1500],
    ]);
  });

  it('is 0 for a clock that is ahead, and unknown for a time in no common form', async () => {
    const { instance, ages } = await measured();
    instance.subscribe('a');
    await instance.published('a', secondsAgo(instance, -700));
    await instance.published('a', 123);
    await instance.published('a', 1_733_480_514_079);
    expect(ages.all).to.deep.equal([[1, 0]]);
  });

  it('excludes an update that is sent again, and one that a new subscriber receives', async () => {
    const { instance, ages } = await measured({ ECHO_SECONDS: '2' });
    const one = instance.subscribe('a');
    await instance.published('a', secondsAgo(instance, 100));
    await instance.clock.advance(2000);
    instance.subscribe('a');
    expect(one.heard.length).to.equal(2);
    expect(ages.all).to.deep.equal([[1, 100]]);
  });
});
