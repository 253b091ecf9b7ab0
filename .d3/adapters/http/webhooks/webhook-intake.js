/** Beyond it the webhook that was announced longest ago is forgotten: it would be announced again, which harms nothing. */
const MAX_REMEMBERED = 10_000;
/** Announces what webhooks say, each once. Each process remembers for itself. */
export class WebhookIntake {
    #known;
    /** In the order in which they were announced. */
    #announced = new Set();
    constructor(known) {
        this.#known = known;
    }
    /** @param signature by which an event is recognised that has no number of its own: the same bytes have the same */
    async take(changes, event, signature) {
        this.#known.learn(event);
        const identity = identityOf(event, signature);
        if (this.#announced.has(identity))
            return { outcome: 'repeated', environments: 0 };
        const concerned = this.#known.concernedBy(event);
        if (concerned.length === 0)
            return { outcome: 'unplaced', environments: 0 };
        const outcomes = await Promise.all(concerned.map((environment) => changes.change(environment, event.updatedAt)));
        if (outcomes.includes('unavailable'))
            return { outcome: 'unavailable', environments: 0 };
        this.#remember(identity);
        return { outcome: 'stored', environments: concerned.length };
    }
    #remember(identity) {
        this.#announced.add(identity);
        const oldest = this.#announced.values().next();
        if (this.#announced.size > MAX_REMEMBERED && oldest.done !== true)
            this.#announced.delete(oldest.value);
    }
}
/** With its time, because two installations of Flagsmith number their audit logs alike. */
function identityOf({ id, updatedAt }, signature) {
    return id === undefined ? signature.toLowerCase() : `${id} ${updatedAt}`;
}
//# sourceMappingURL=webhook-intake.js.map