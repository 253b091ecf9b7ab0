import { eventId } from '../../domain/update.ts';
import { SimulatedClient } from './simulated-client.ts';
import { must } from './violation.ts';

/**
 * A client that compares nothing. While it is behind it receives the last update in log order, a repair included, and
 * it receives nothing while it is up to date.
 */
export class OfrepSubscriber extends SimulatedClient {
  protected override check(id: string): void {
    const { told, last } = this.around.told;
    const isKnown = told.some(({ original }) => eventId(original) === id);
    if (this.position === told.length && this.around.wasMadeAnew() && isKnown) return;
    must(this.position < told.length, 'nobody is told twice', () => this.heardFor(id));
    // Once it has expired, what was taken before it and has not expired stands for it.
    const isShown = last !== undefined && last.storedAtMs > this.around.retentionHorizonMs();
    must(
      last !== undefined && (eventId(last) === id || !isShown),
      'a client of OFREP hears the last in log order',
      () => this.heardFor(id),
    );
    this.received(id);
  }

  /** At rest: it has the last in log order, or that from before a repair of what its instance knew. */
  checkAtRest(): void {
    const { news, last } = this.around.told;
    if (this.lastEventId === '' || last === undefined) return;
    if (last.storedAtMs <= this.around.retentionHorizonMs() || this.around.wasMadeAnew()) return;
    must(
      [news, last].some((update) => update !== undefined && eventId(update) === this.lastEventId) ||
        (last.isRepair === true && this.position === this.around.told.told.length),
      'at rest a client of OFREP has heard the last in log order',
      () => `${this.name} has ${this.lastEventId}, not ${eventId(last)}`,
    );
  }
}
