import { type Histogram } from './load.ts';
import type { LogServer } from './log-server.ts';
import { type Bench, expectWhole, withLoad, withSubject } from './scenario.ts';

/** From a POST at one instance to a hundred subscribers at another: an update every 20 ms. */
export async function crossing(bench: Bench, { env }: LogServer): Promise<Histogram> {
  const updates = bench.isQuick ? 100 : 300;
  const { latency } = await withSubject(bench, 'halyard', { env, core: 'any' }, (first) =>
    withSubject(bench, 'halyard', { env, core: 'any' }, (second) =>
      withLoad(bench, { port: first.port }, (publisher) =>
        withLoad(bench, { port: second.port }, async (subscribers) => {
          expectWhole('propagation', await subscribers.open({ n: 100 }));
          await publisher.run({ updates: 20, every_us: 20_000 });
          await subscribers.reset();
          bench.say('publishing');
          const published = expectWhole('propagation', await publisher.run({ updates, every_us: 20_000 }));
          return expectWhole('propagation', await subscribers.settle(published.lastValue, 10_000));
        }),
      ),
    ),
  );
  return latency;
}
