import { expect } from 'chai';
import { NatsServer } from "../support/servers/nats-server.js";
import { TRANSPORTS } from "../support/servers/transports.js";
import { soak } from "./soak.js";
function expectNothingLeft(report) {
    expect(report.streams).to.be.greaterThan(150);
    expect(report.posts).to.be.greaterThan(200);
    expect([report.after.subscribers, report.after.channels, report.exitCode]).to.deep.equal([0, 0, 0]);
    expect(report.after.files).to.be.at.most(report.before.files);
    expect(report.after.timers).to.be.at.most(report.before.timers);
    // A leak of a stream's buffers would show as hundreds of megabytes; the slopes themselves need a longer run.
    expect(Math.max(...report.samples.map(({ residentMb }) => residentMb))).to.be.below(300);
}
for (const { name, environment } of TRANSPORTS)
    describe(`endurance on ${name}`, () => {
        it('leaves no stream, channel, timer or file behind after churn, and memory where it was', async () => {
            const report = await soak({ seconds: 8, clients: 150, environment });
            expect(report.refused).to.equal(0);
            expectNothingLeft(report);
        });
    });
describe('endurance on a log with faults', () => {
    it('leaves nothing behind either', async () => {
        const nats = await NatsServer.start();
        try {
            const report = await soak({ seconds: 12, clients: 150, faults: { nats, everySeconds: 5 } });
            expect(report.faults).to.be.at.least(2);
            expect(report.refused).to.be.greaterThan(0);
            expectNothingLeft(report);
        }
        finally {
            await nats.close();
        }
    });
});
//# sourceMappingURL=soak.test.js.map