import { expect } from 'chai';
import { NatsServer } from '../support/servers/nats-server.ts';
import { TRANSPORTS } from '../support/servers/transports.ts';
import { soak, type SoakReport } from './soak.ts';

const AT_LEAST = { streams: 150, posts: 200 };

function expectNothingLeft(report: SoakReport): void {
  expect([report.after.subscribers, report.after.channels, report.exitCode]).to.deep.equal([0, 0, 0]);
  expect(report.after.files).to.be.at.most(report.before.files);
  expect(report.after.timers).to.be.at.most(report.before.timers);
  // A leak of a stream's buffers would show as hundreds of megabytes; the slopes themselves need a longer run.
  expect(Math.max(...report.samples.map(({ residentMb }) => residentMb))).to.be.below(300);
}

for (const { name, environment } of TRANSPORTS)
  describe(`endurance on ${name}`, () => {
    it('leaves no stream, channel, timer or file behind after churn, and memory where it was', async () => {
      const report = await soak({ seconds: 8, clients: 150, atLeast: AT_LEAST, environment });
      expect(report.refused).to.equal(0);
      expectNothingLeft(report);
    });
  });

describe('endurance on a log with faults', () => {
  it('leaves nothing behind either', async () => {
    const nats = await NatsServer.start();
    try {
      const report = await soak({ seconds: 12, clients: 150, atLeast: AT_LEAST, faults: { nats, everySeconds: 5 } });
      expect(report.faults).to.be.at.least(2);
      expect(report.refused).to.be.greaterThan(0);
      expectNothingLeft(report);
    } finally {
      await nats.close();
    }
  });
});
