import cluster from 'node:cluster';
import { History } from '../application/history.ts';
import { isReport, order } from './worker-message.ts';

/** The primary's part in the console's history: it adds up the samples of all workers. No console, no samples. */
export class HistoryGathering {
  readonly #history = new History();

  start(): void {
    cluster.on('message', (worker, message: unknown) => {
      if (!isReport(message)) return;
      if (message.halyard === 'sampled') this.#history.add(message.sample);
      else if (message.halyard === 'historyWanted')
        void this.#history.read().then((samples) => order(worker, { halyard: 'history', samples }));
    });
  }
}
