import { eventId, type Update } from '../../domain/update.ts';
import { SimulatedClient } from './simulated-client.ts';
import { must } from './violation.ts';

/**
 * A client that compares times. It holds every event against the rule: one update behind, it receives that one; further
 * behind or new, the register; up to date, nothing but an echo in its time.
 */
export class Subscriber extends SimulatedClient {
  /** Echoes of what it received last. */
  #echoes = 0;

  protected override check(id: string): void {
    const { told } = this.around.told;
    const isSameAgain = this.around.wasMadeAnew() && told.some(({ original }) => eventId(original) === id);
    if (this.position === told.length && isSameAgain) return;
    const isEcho = this.position === told.length;
    if (isEcho) this.#mayHearAgain(id);
    const isNext = this.position === told.length - 1;
    // With an echo between the two it has missed more than the next.
    const hasMissedAnEcho = this.#mayBeAnEcho && this.#standsForTheRegister(id);
    if (isNext && !hasMissedAnEcho) {
      const due = this.around.told.news;
      must(due !== undefined && eventId(due) === id, 'an up-to-date session hears log order', () => this.heardFor(id));
    } else {
      must(this.#standsForTheRegister(id), 'who was behind hears the register', () => this.heardFor(id));
    }
    if (!isEcho) this.#echoes = 0;
    this.received(id);
  }

  /** Up to date: it may receive the newest again, once for each echo, and never before its time. */
  #mayHearAgain(id: string): void {
    const afterMs = this.around.echoMs[this.#echoes++];
    const sinceMs = this.around.nowMs() - this.around.newsAtMs();
    must(
      afterMs !== undefined && sinceMs >= afterMs,
      'nobody is told twice',
      () => `${this.name} is up to date, and hears ${id} ${sinceMs} ms after the last news`,
    );
  }

  /**
   * The register may not have been looked at since something in it has expired: then a greater one stands for it. And
   * where an operator has put the store back, the order of times says nothing about what is still shown.
   */
  #standsForTheRegister(id: string): boolean {
    const { told } = this.around;
    const due = told.newest(this.around.retentionHorizonMs());
    // An echo may have waited while a repair, and yet another one, took the place of what it is of.
    const isKnown = ({ update, original }: { readonly update: Update; readonly original: Update }): boolean =>
      [update, original].some((one) => eventId(one) === id) ||
      (this.#mayBeAnEcho && update.updatedAt === id.slice(id.indexOf('-') + 1));
    const heard = told.told.findLastIndex(isKnown);
    if (heard < 0) return false;
    if (told.timesWentBack) return true;
    if (due === undefined) return this.position >= 0;
    return (
      eventId(due) === id ||
      told.settles(
        heard,
        told.told.findLastIndex(({ update }) => update === due),
      )
    );
  }

  get #mayBeAnEcho(): boolean {
    return this.around.echoMs.length > 0 && this.position >= 0;
  }
}
