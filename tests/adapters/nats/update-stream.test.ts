import type { JetStreamManager } from '@nats-io/jetstream';
import { expect } from 'chai';
import { findOrCreateStream } from '../../../adapters/nats/update-stream.ts';

const HOUR_MS = 3_600_000;

function found(info: unknown) {
  const manager = { streams: { info: () => Promise.resolve(info) } } as unknown as JetStreamManager;
  return findOrCreateStream(manager, { stream: 'environments-stream', replicas: 1, retentionMs: HOUR_MS });
}

const CONFIG = {
  name: 'environments-stream',
  subjects: ['flagsmith.environment.>'],
  retention: 'limits',
  storage: 'file',
  discard: 'old',
  num_replicas: 1,
  max_msgs_per_subject: 1,
  max_age: HOUR_MS * 1_000_000,
};

describe('the answer about a stream', () => {
  it('describes the stream, and states that it is as we would have created it', async () => {
    expect(await found({ config: CONFIG, state: { last_seq: 41 } })).to.deep.equal({
      name: 'environments-stream',
      filter: 'flagsmith.environment.>',
      inMemory: false,
      keptMs: HOUR_MS,
      replicas: 1,
      lastSequence: 41,
      differences: [],
    });
  });

  it('states how long messages are kept, in whole years or without a limit', async () => {
    const kept = async (maxAge: number) =>
      (await found({ config: { ...CONFIG, max_age: maxAge }, state: { last_seq: 41 } })).keptMs;
    expect([await kept(0), await kept(1_500_000), await kept(315_360_000_000_000_000)]).to.deep.equal([
      undefined,
      1.5,
      315_360_000_000,
    ]);
  });

  for (const [what, info] of [
    ['null', null],
    ['a list', []],
    ['nothing', {}],
    ['no state', { config: CONFIG }],
    ['a sequence as text', { config: CONFIG, state: { last_seq: '41' } }],
    ['a sequence that no double holds', { config: CONFIG, state: { last_seq: 2 ** 53 + 2 } }],
    ['no name', { config: { ...CONFIG, name: undefined }, state: { last_seq: 41 } }],
    ['invalid subjects', { config: { ...CONFIG, subjects: 'flagsmith.>' }, state: { last_seq: 41 } }],
    ['an age as text', { config: { ...CONFIG, max_age: '1h' }, state: { last_seq: 41 } }],
    ['a negative age', { config: { ...CONFIG, max_age: -1 }, state: { last_seq: 41 } }],
    ['no replicas', { config: { ...CONFIG, num_replicas: null }, state: { last_seq: 41 } }],
  ] as const)
    it(`is not from JetStream with ${what}`, async () => {
      const error: unknown = await found(info).then(
        () => undefined,
        (reason: unknown) => reason,
      );
      expect(error).to.have.property('message', 'an answer is not from JetStream');
    });
});
