import { appends, APPENDS_HEAD, CONNECTIONS } from '../appends.ts';
import { withJetStream } from '../jetstream.ts';
import { atLeast, type Bench, type Findings } from '../scenario.ts';

export const queueChange = {
  name: 'queue-change',
  title: 'Acknowledged queue-change per second',
  about:
    `${CONNECTIONS} connections post again as soon as they are answered, without subscribers; every answer is ` +
    'a 200 that means "stored". The service and nats-server are not pinned: they share two cores with the load ' +
    'generator.',
  async run(bench: Bench): Promise<Findings> {
    const memory = [await appends(bench, 'in-memory', 1), await appends(bench, 'in-memory', 1000)];
    const [one, many] = await withJetStream(async (jetStream) => [
      await appends(bench, 'JetStream, file', 1, jetStream),
      await appends(bench, 'JetStream, file', 1000, jetStream),
    ]);
    return {
      tables: [
        {
          head: APPENDS_HEAD,
          rows: [...memory, one, many].map(({ row }) => row),
        },
      ],
      facts: { cpuPerChangeUs: many.serviceUs, natsCpuPerChangeUs: many.logUs },
      bars: [
        atLeast('acknowledged queue-change, JetStream file storage, one environment', one.perSecond, 60_000, '/s'),
        atLeast('the same over 1,000 environments', many.perSecond, 20_000, '/s'),
      ],
    };
  },
};
