import { expect } from 'chai';
import { simulate } from './simulate.ts';

describe('The simulated world', () => {
  it('keeps every promise for 200,000 steps of faults', async () => {
    await simulate({ seed: 20_241_206, steps: 200_000 });
  });

  it('takes the same course for the same seed, and another course for another one', async () => {
    const [first, again, other] = [
      await simulate({ seed: 7, steps: 3000 }),
      await simulate({ seed: 7, steps: 3000 }),
      await simulate({ seed: 8, steps: 3000 }),
    ];
    expect(again).to.equal(first);
    expect(other).to.not.equal(first);
  });
});
