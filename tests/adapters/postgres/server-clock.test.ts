import { expect } from 'chai';
import { ServerClock } from '../../../adapters/postgres/server-clock.ts';

describe("The server's clock", () => {
  it('advances with ours from the time that the server gave', () => {
    const clock = new ServerClock();
    clock.observe(1_000_000, 50);
    expect(clock.at(250)).to.equal(1_000_200);
  });

  it('is unknown before the first answer', () => {
    expect(new ServerClock().at(1)).to.be.NaN;
  });

  it('is not considered slow because of an answer that took long', () => {
    const clock = new ServerClock();
    clock.observe(1_000_000, 50);
    clock.observe(1_000_100, 950);
    expect(clock.at(1000)).to.equal(1_000_950);
  });

  it('follows a clock that was set back, after a few answers', () => {
    const clock = new ServerClock();
    clock.observe(1_000_000, 0);
    for (let ms = 1; ms <= 8; ms++) clock.observe(500_000 + ms, ms);
    expect(clock.at(10)).to.equal(500_010);
  });
});
