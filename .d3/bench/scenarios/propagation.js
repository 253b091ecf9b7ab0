import { withJetStream } from "../jetstream.js";
import { percentileMs } from "../load.js";
import { digits, expectWhole, withLoad, withSubject } from "../scenario.js";
export const propagation = {
    name: 'propagation',
    title: 'From a POST at one instance to a subscriber at another',
    about: 'Two instances on one nats-server with file storage, a hundred subscribers at the second one, an update every 20 ms ' +
        'at the first. This is what the log adds to the way of an update.',
    async run(bench) {
        const updates = bench.isQuick ? 100 : 300;
        const { latency } = await withJetStream(({ env }) => withSubject(bench, 'halyard', { env, core: 'any' }, (first) => withSubject(bench, 'halyard', { env, core: 'any' }, (second) => withLoad(bench, { port: first.port }, (publisher) => withLoad(bench, { port: second.port }, async (subscribers) => {
            expectWhole('propagation', await subscribers.open({ n: 100 }));
            await publisher.run({ updates: 20, every_us: 20_000 });
            await subscribers.reset();
            bench.say('publishing');
            const published = expectWhole('propagation', await publisher.run({ updates, every_us: 20_000 }));
            return expectWhole('propagation', await subscribers.settle(published.lastValue, 10_000));
        })))));
        return {
            tables: [
                {
                    head: ['POST to receipt p50', 'p90', 'p99', 'slowest'],
                    rows: [[50, 90, 99, 100].map((point) => `${digits(percentileMs(latency, point), 2)} ms`)],
                },
            ],
            bars: [],
            facts: { propagationP50Ms: percentileMs(latency, 50), propagationP99Ms: percentileMs(latency, 99) },
        };
    },
};
//# sourceMappingURL=propagation.js.map