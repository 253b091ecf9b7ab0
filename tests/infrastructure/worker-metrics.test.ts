import { expect } from 'chai';
import cluster, { type Worker } from 'node:cluster';
import { messageOf } from '../../application/ports/message-of.ts';
import type { MetricsSnapshot } from '../../adapters/telemetry/prometheus-page.ts';
import { StepClock } from '../../adapters/memory/step-clock.ts';
import { MetricsGathering } from '../../infrastructure/metrics-gathering.ts';
import type { WorkerOrder, WorkerReport } from '../../infrastructure/worker-message.ts';
import { WorkerMetrics } from '../../infrastructure/worker-metrics.ts';
import { eventually } from '../support/eventually.ts';
import { RecordedLogger } from '../support/memory/recorded-logger.ts';

describe('the metrics of a worker', () => {
  /** A worker whose primary is the test. */
  class Asking {
    readonly clock = new StepClock();
    readonly reports: WorkerReport[] = [];
    readonly logger = new RecordedLogger();
    readonly metrics: WorkerMetrics;
    give: (order: WorkerOrder) => void = () => undefined;

    constructor(snapshot: () => Promise<MetricsSnapshot> = () => Promise.resolve([])) {
      this.metrics = new WorkerMetrics(
        { contentType: 'text/plain', snapshot },
        { report: (report) => void this.reports.push(report), onOrder: (take) => (this.give = take) },
        this,
      );
    }
  }

  it('are requested for each request that waits, so that a lost answer affects no other', async () => {
    const { metrics, reports, clock, give } = new Asking();
    const [lost, second] = [metrics.render(), metrics.render()];
    void lost.catch(() => undefined);
    expect(reports.map(({ halyard }) => halyard)).to.deep.equal(['metricsWanted', 'metricsWanted']);
    void second.catch(() => undefined);
    await clock.advance(3999);
    const third = metrics.render();
    await clock.advance(1);
    expect(await lost.catch(messageOf)).to.equal('the primary does not answer');
    expect(reports).to.have.length(3);
    give({ halyard: 'metrics', page: 'x_total 1' });
    expect(await third).to.equal('x_total 1');
  });

  it('that cannot be measured are missing, and the worker continues', async () => {
    const { reports, logger, give } = new Asking(() => Promise.reject(new Error('a bug in a metric')));
    give({ halyard: 'measure', round: 1 });
    await eventually('the failure to be logged', () => logger.of('metrics_failed').length === 1);
    expect(logger.of('metrics_failed')[0]).to.include({ reason: 'a bug in a metric' });
    expect(reports).to.deep.equal([]);
  });
});

describe('the primary that gathers metrics', () => {
  const clock = new StepClock();
  const logger = new RecordedLogger();
  new MetricsGathering(clock, logger).start();

  /** Stands for a worker process: it answers each order to measure. */
  class StandIn {
    readonly pages: string[] = [];
    readonly worker: Worker;

    constructor(id: number, measured: () => readonly object[]) {
      const send = (order: WorkerOrder): void => {
        if (order.halyard === 'metrics') this.pages.push(order.page);
        else if (order.halyard === 'measure')
          setImmediate(() => this.#emit('message', { halyard: 'measured', round: order.round, snapshot: measured() }));
      };
      this.worker = { id, isConnected: () => true, send } as unknown as Worker;
      (cluster.workers as Record<number, Worker>)[id] = this.worker;
    }

    asks(): void {
      this.#emit('message', { halyard: 'metricsWanted' });
    }

    ends(): void {
      Reflect.deleteProperty(cluster.workers ?? {}, this.worker.id);
      this.#emit('exit');
    }

    #emit(event: string, ...what: readonly unknown[]): void {
      cluster.emit(event, this.worker, ...what);
    }
  }

  function counter(value: number, aggregator = 'sum'): object {
    return { name: `x_${aggregator}_total`, help: 'x', type: 'counter', aggregator, values: [{ value, labels: {} }] };
  }

  it('loses only the counts of an ended worker that cannot be added', async () => {
    const sound = new StandIn(901, () => [counter(2)]);
    const other = new StandIn(902, () => [counter(3)]);
    const unsound = new StandIn(903, () => [counter(5), counter(7, 'nonsense')]);
    try {
      sound.asks();
      await eventually('the failure to be logged', () => logger.of('metrics_failed').length === 1);
      unsound.ends();
      other.ends();
      sound.asks();
      await eventually('a page', () => sound.pages.length === 1);
      expect(sound.pages[0]).to.match(/^x_sum_total 5$/m);
    } finally {
      for (const standIn of [sound, other, unsound]) standIn.ends();
    }
  });
});
