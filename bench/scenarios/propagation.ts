import { crossing } from '../crossing.ts';
import { withJetStream } from '../jetstream.ts';
import { percentileMs } from '../load.ts';
import { type Bench, digits, type Findings } from '../scenario.ts';

export const propagation = {
  name: 'propagation',
  title: 'From a POST at one instance to a subscriber at another',
  about:
    'Two instances on one nats-server with file storage, a hundred subscribers at the second one, an update ' +
    'every 20 ms at the first. This is what the log adds to the path of an update.',
  async run(bench: Bench): Promise<Findings> {
    const latency = await withJetStream((jetStream) => crossing(bench, jetStream));
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
