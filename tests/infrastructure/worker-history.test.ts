import { expect } from 'chai';
import { StepClock } from '../../adapters/memory/step-clock.ts';
import type { WorkerOrder, WorkerReport } from '../../infrastructure/worker-message.ts';
import { WorkerHistory } from '../../infrastructure/worker-history.ts';

const BUCKETS = { bounds: [1], counts: [1, 0] };
const SAMPLE = { number: 1, streams: 2, opened: 3, changes: 4, delivery: BUCKETS, age: BUCKETS };

describe('the history of a worker', () => {
  it('is kept by the primary, which is given each sample and asked for all', async () => {
    const [clock, reports] = [new StepClock(), [] as WorkerReport[]];
    let give: (order: WorkerOrder) => void = () => undefined;
    const primary = {
      report: (report: WorkerReport) => void reports.push(report),
      onOrder: (take: typeof give) => (give = take),
    };
    const history = new WorkerHistory(primary, clock);
    history.add(SAMPLE);
    const asked = history.read();
    expect(reports).to.deep.equal([{ halyard: 'sampled', sample: SAMPLE }, { halyard: 'historyWanted' }]);
    give({ halyard: 'history', samples: [SAMPLE, SAMPLE] });
    expect(await asked).to.deep.equal([SAMPLE, SAMPLE]);
    const lost = history.read().catch((error: unknown) => (error as Error).message);
    await clock.advance(4000);
    expect(await lost).to.equal('the primary does not answer');
  });
});
