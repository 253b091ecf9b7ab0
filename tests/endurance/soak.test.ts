import { expect } from 'chai';
import { TRANSPORTS } from '../support/transports.ts';
import { soak } from './soak.ts';

for (const { name, environment } of TRANSPORTS)
  describe(`endurance on ${name}`, () => {
    it('leaves no stream, channel or file behind after churn, and memory where it was', async function () {
      this.timeout(180_000);
      const report = await soak({ seconds: 8, clients: 150, environment });
      expect(report.streams).to.be.greaterThan(150);
      expect(report.posts).to.be.greaterThan(200);
      expect([report.subscribersAfter, report.channelsAfter, report.exitCode]).to.deep.equal([0, 0, 0]);
      expect(report.filesAfter).to.be.at.most(report.filesBefore + 3);
      const residentMb = report.samples.map((sample) => sample.residentMb);
      // A leak of a stream's buffers would show as hundreds of megabytes; the slope itself needs a longer run.
      expect(Math.max(...residentMb)).to.be.below(300);
    });
  });
