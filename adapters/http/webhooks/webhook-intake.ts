import type { Changes } from '../../../application/ports/changes.ts';
import type { FlagsmithEvent } from './flagsmith-event.ts';
import type { KnownEnvironments } from './known-environments.ts';

/** Beyond it the webhook that was announced longest ago is forgotten: it would be announced again, which harms nothing. */
const MAX_REMEMBERED = 10_000;

export interface Taken {
  readonly outcome: 'stored' | 'unavailable' | 'repeated' | 'unplaced';
  /** The number of environments that it was announced for. */
  readonly environments: number;
}

/** Announces what webhooks say, each once. Each process remembers for itself. */
export class WebhookIntake {
  readonly #known: KnownEnvironments;
  /** In the order in which they were announced. */
  readonly #announced = new Set<string>();

  constructor(known: KnownEnvironments) {
    this.#known = known;
  }

  /** @param signature identifies an event without a number: the same bytes have the same signature */
  async take(changes: Changes, event: FlagsmithEvent, signature: string): Promise<Taken> {
    this.#known.learn(event);
    const identity = identityOf(event, signature);
    if (this.#announced.has(identity)) return { outcome: 'repeated', environments: 0 };
    const concerned = this.#known.concernedBy(event);
    if (concerned.length === 0) return { outcome: 'unplaced', environments: 0 };
    const outcomes = await Promise.all(concerned.map((environment) => changes.change(environment, event.updatedAt)));
    if (outcomes.includes('unavailable')) return { outcome: 'unavailable', environments: 0 };
    this.#remember(identity);
    return { outcome: 'stored', environments: concerned.length };
  }

  #remember(identity: string): void {
    this.#announced.add(identity);
    const oldest = this.#announced.values().next();
    if (this.#announced.size > MAX_REMEMBERED && oldest.done !== true) this.#announced.delete(oldest.value);
  }
}

/** With its time, because two installations of Flagsmith number their audit logs alike. */
function identityOf({ id, updatedAt }: FlagsmithEvent, signature: string): string {
  return id === undefined ? signature.toLowerCase() : `${id} ${updatedAt}`;
}
