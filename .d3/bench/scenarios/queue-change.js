import { withJetStream } from "../jetstream.js";
import { percentileMs } from "../load.js";
import { atLeast, digits, measured, percent, withLoad, withSubject } from "../scenario.js";
/** Connections that each post again when they are answered. */
const CONNECTIONS = 256;
export const queueChange = {
    name: 'queue-change',
    title: 'Acknowledged queue-change per second',
    about: `${CONNECTIONS} connections post again when they are answered, with nobody subscribed; every answer is a 200 that says "stored". ` +
        'The service and nats-server are not pinned: they share two cores with the load generator.',
    async run(bench) {
        const forMs = bench.isQuick ? 2500 : 5000;
        const measure = (log, environments, jetStream) => withSubject(bench, 'halyard', { env: jetStream?.env ?? {}, core: 'any' }, (subject) => withLoad(bench, { port: subject.port, name: 'env', environments: environments + 1 }, async (load) => {
            bench.say(`${log}, ${environments} environments`);
            const flood = { flood: CONNECTIONS, flood_envs: environments };
            await load.run({ ...flood, flood_ms: 1000 });
            const natsBefore = jetStream?.cpuUs() ?? 0;
            const { report, serverUs, loadShare } = await measured(subject, () => load.run({ ...flood, flood_ms: forMs }));
            const natsUs = (jetStream?.cpuUs() ?? 0) - natsBefore;
            const stored = report.floodPosts - report.floodErrors;
            return {
                perSecond: stored / (report.us / 1e6),
                serviceUs: serverUs / stored,
                natsUs: natsUs / stored,
                row: [
                    log,
                    digits(environments, 0),
                    `${digits(stored / (report.us / 1e6), 0)} /s`,
                    String(report.floodErrors),
                    `${digits(percentileMs(report.floodAnswers, 50), 1)} ms`,
                    `${digits(percentileMs(report.floodAnswers, 99), 1)} ms`,
                    `${digits(serverUs / stored, 1)} µs`,
                    jetStream === undefined ? '-' : `${digits(natsUs / stored, 1)} µs`,
                    percent(loadShare),
                ],
            };
        }));
        const memory = [await measure('in-memory', 1), await measure('in-memory', 1000)];
        const [one, many] = await withJetStream(async (jetStream) => [
            await measure('JetStream, file', 1, jetStream),
            await measure('JetStream, file', 1000, jetStream),
        ]);
        if (one === undefined || many === undefined)
            throw new Error('no figures');
        return {
            tables: [
                {
                    head: [
                        'log',
                        'environments',
                        'stored',
                        'refused',
                        'answer p50',
                        'p99',
                        'service CPU each',
                        'NATS CPU each',
                        'generator busy',
                    ],
                    rows: [...memory, one, many].map(({ row }) => row),
                },
            ],
            facts: { cpuPerChangeUs: many.serviceUs, natsCpuPerChangeUs: many.natsUs },
            bars: [
                atLeast('acknowledged queue-change, JetStream file storage, one environment', one.perSecond, 60_000, '/s'),
                atLeast('the same over 1,000 environments', many.perSecond, 20_000, '/s'),
            ],
        };
    },
};
//# sourceMappingURL=queue-change.js.map