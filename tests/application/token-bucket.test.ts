import { expect } from 'chai';
import fc from 'fast-check';
import { TokenBucket } from '../../application/token-bucket.ts';

describe('A token bucket', () => {
  it("begins with a second's worth, and holds no more", () => {
    const bucket = new TokenBucket(100, 0);
    expect(bucket.available(0)).to.equal(100);
    expect(bucket.available(60_000)).to.equal(100);
  });

  it('gets its tokens over time, whole ones', () => {
    const bucket = new TokenBucket(100, 0);
    bucket.take(bucket.available(0));
    expect([9, 10, 25, 99, 100].map((nowMs) => bucket.available(nowMs))).to.deep.equal([0, 1, 2, 9, 10]);
  });

  it('has at least one token if the rate is below one a second', () => {
    const bucket = new TokenBucket(0.25, 0);
    expect(bucket.available(0)).to.equal(1);
    bucket.take(1);
    expect(bucket.nextTokenMs()).to.equal(4000);
    expect([3999, 4000].map((nowMs) => bucket.available(nowMs))).to.deep.equal([0, 1]);
  });

  it('has a token at the time that it announces, whatever was taken before', () => {
    const rate = fc.oneof(fc.integer({ min: 1, max: 100_000 }), fc.double({ min: 0.01, max: 100, noNaN: true }));
    fc.assert(
      fc.property(rate, fc.array(fc.nat(2000), { minLength: 1, maxLength: 50 }), (perSecond, waits) => {
        const bucket = new TokenBucket(perSecond, 0);
        let nowMs = 0;
        let taken = 0;
        for (const waitMs of waits) {
          nowMs += waitMs;
          const available = bucket.available(nowMs);
          bucket.take(available);
          taken += available;
          expect(taken).to.be.at.most(Math.max(1, perSecond) + (perSecond * nowMs) / 1000 + 0.001);
          nowMs = Math.max(nowMs, bucket.nextTokenMs());
          expect(bucket.available(nowMs)).to.be.greaterThan(0);
        }
      }),
    );
  });
});
