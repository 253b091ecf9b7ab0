/** Looks at one environment from outside: whoever asks leaves no trace, a channel least of all. */
export class Inspection {
    #hub;
    #tail;
    #pending;
    constructor(hub, tail, pending) {
        this.#hub = hub;
        this.#tail = tail;
        this.#pending = pending;
    }
    report(environment) {
        const channel = this.#hub.channels.get(environment);
        const register = this.#hub.newest(environment);
        let behind = 0;
        let congested = 0;
        for (const session of channel?.sessions ?? []) {
            if (session.isBehind)
                behind++;
            if (session.isCongested)
                congested++;
        }
        return {
            environment,
            register: register === undefined ? null : reported(register),
            latest: channel?.latest === undefined ? null : { ...reported(channel.latest), epoch: channel.epoch },
            epoch: this.#tail.epoch,
            subscribers: channel?.sessions.size ?? 0,
            behind,
            congested,
            state: channel?.state ?? 'empty',
            pending: this.#pending.kept(environment) ?? null,
        };
    }
}
function reported(update) {
    return {
        updated_at: update.updatedAt,
        sequence: update.sequence,
        stored_at: new Date(update.storedAtMs).toISOString(),
    };
}
//# sourceMappingURL=inspection.js.map