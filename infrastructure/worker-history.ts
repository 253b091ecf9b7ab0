import type { Clock } from '../application/ports/clock.ts';
import type { RecentSamples, Sample } from '../application/ports/samples.ts';
import { PrimaryAnswers } from './primary-answers.ts';
import type { Primary } from './worker-message.ts';

/** The samples of all workers: the primary adds them up, and keeps those of workers that have ended. */
export class WorkerHistory implements RecentSamples {
  readonly #primary: Primary;
  readonly #answers: PrimaryAnswers<readonly Sample[]>;

  constructor(primary: Primary, clock: Clock) {
    this.#primary = primary;
    this.#answers = new PrimaryAnswers(clock, () => primary.report({ halyard: 'historyWanted' }));
    primary.onOrder((order) => {
      if (order.halyard === 'history') this.#answers.take(order.samples);
    });
  }

  add(sample: Sample): void {
    this.#primary.report({ halyard: 'sampled', sample });
  }

  read(): Promise<readonly Sample[]> {
    return this.#answers.next();
  }
}
