import { expect } from 'chai';
import { type Answer, error } from '../../../adapters/http/answer.ts';
import type { HttpExchange } from '../../../adapters/http/exchange.ts';
import { HeldRefusals } from '../../../adapters/http/held-refusals.ts';
import { StepClock } from '../../../adapters/memory/step-clock.ts';

const REFUSAL = error(503, 'too_many_subscribers', 'there is no room', [['Retry-After', '5']]);

/** A request that was refused, as far as a refusal touches it. */
class Refused {
  answer: Answer | undefined;
  leave: () => void = () => undefined;

  constructor(refusals: HeldRefusals) {
    const exchange = {
      answer: (answer: Answer) => (this.answer = answer),
      onGone: (callback: () => void) => (this.leave = callback),
    };
    refusals.refuse(exchange as unknown as HttpExchange, REFUSAL);
  }
}

describe('Refusals that are held', () => {
  const clock = new StepClock();
  let refusals: HeldRefusals;
  beforeEach(() => (refusals = new HeldRefusals(2, clock)));

  it('are answered after five seconds, as they were given', async () => {
    const refused = new Refused(refusals);
    await clock.advance(4999);
    expect(refused.answer).to.equal(undefined);
    await clock.advance(1);
    expect(refused.answer).to.equal(REFUSAL);
  });

  it('stay within their bound: one more is answered at once, and its connection is closed', async () => {
    const held = [new Refused(refusals), new Refused(refusals)];
    expect(new Refused(refusals).answer).to.deep.equal({ ...REFUSAL, close: true });
    await clock.advance(5000);
    expect(held.map(({ answer }) => answer)).to.deep.equal([REFUSAL, REFUSAL]);
  });

  it('free their place once, when they are answered or when their client leaves', async () => {
    for (let round = 0; round < 3; round++) {
      const [answered, left] = [new Refused(refusals), new Refused(refusals)];
      left.leave();
      const next = new Refused(refusals);
      expect(new Refused(refusals).answer?.close).to.equal(true);
      await clock.advance(5000);
      expect([answered.answer, left.answer, next.answer]).to.deep.equal([REFUSAL, undefined, REFUSAL]);
      // Some transports say that a client is gone when its answer is.
      for (const { leave } of [answered, left, next]) leave();
    }
  });
});
