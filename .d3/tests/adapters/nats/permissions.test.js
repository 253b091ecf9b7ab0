import { expect } from 'chai';
import { env, time } from "../../support/memory/memory-instance.js";
import { NatsServer } from "../../support/servers/nats-server.js";
import { openNatsLog } from "../../support/memory/open-nats-log.js";
import { RecordedFollower } from "../../support/memory/recorded-follower.js";
import { readDocument } from "../../support/documents/repository.js";
describe('docs/nats.md', () => {
    /** The subjects of a row of its table of permissions, as a server's configuration has them. */
    function subjects(permission) {
        const row = readDocument('docs/nats.md')
            .split('\n')
            .find((line) => line.startsWith(`| ${permission} |`));
        const named = [...(row ?? '').matchAll(/`([^`]+)`/g)].map((match) => `"${match[1] ?? ''}"`);
        expect(named, permission).not.to.deep.equal([]);
        return `[${named.join(', ')}]`;
    }
    it('names permissions that are enough', async () => {
        const permissions = `permissions: { publish: ${subjects('publish')}, subscribe: ${subjects('subscribe')} }`;
        const server = await NatsServer.start({
            config: `authorization { users: [{ user: me, password: s3cret, ${permissions} }] }`,
        });
        const { log, logger } = openNatsLog({ url: `nats://me:s3cret@127.0.0.1:${server.port}` });
        try {
            const follower = new RecordedFollower();
            log.follow(follower);
            await follower.untilCaughtUp();
            for (const value of [1, 2]) {
                expect((await log.append(env('home'), time(value), { timeoutMs: 10_000 })).kind).to.equal('stored');
                await follower.untilLast(env('home'), String(value));
            }
            const stale = await log.append(env('home'), time(3), { timeoutMs: 10_000, expectedSequence: 1 });
            expect(stale.kind).to.equal('conflict');
            expect(logger.lines.filter(({ event }) => event === 'nats_error')).to.deep.equal([]);
        }
        finally {
            await log.close();
            await server.close();
        }
    });
});
//# sourceMappingURL=permissions.test.js.map