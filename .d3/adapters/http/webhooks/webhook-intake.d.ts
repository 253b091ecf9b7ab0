import type { Changes } from '../../../application/ports/changes.ts';
import type { FlagsmithEvent } from './flagsmith-event.ts';
import type { KnownEnvironments } from './known-environments.ts';
export interface Taken {
    readonly outcome: 'stored' | 'unavailable' | 'repeated' | 'unplaced';
    /** To how many environments it was announced. */
    readonly environments: number;
}
/** Announces what webhooks say, each once. Each process remembers for itself. */
export declare class WebhookIntake {
    #private;
    constructor(known: KnownEnvironments);
    /** @param signature by which an event is recognised that has no number of its own: the same bytes have the same */
    take(changes: Changes, event: FlagsmithEvent, signature: string): Promise<Taken>;
}
