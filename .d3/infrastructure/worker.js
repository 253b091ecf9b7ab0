import cluster from 'node:cluster';
import { onOrder, report } from "./worker-message.js";
/** How often a worker looks whether it has read the log, until it has. */
const READY_POLL_MS = 50;
/** Ties a running instance to the primary that forked it. */
export function obeyPrimary({ ports, health, stop }) {
    const { worker } = cluster;
    if (worker === undefined)
        return;
    onOrder((order) => {
        if (order.halyard === 'drain')
            stop('drain');
    });
    // A primary that was killed leaves its workers to end: properly, and not at once, as the runtime would have it.
    worker.once('disconnect', () => {
        worker.exitedAfterDisconnect = true;
        stop('primary_gone');
    });
    report({ halyard: 'started', ports });
    const poll = setInterval(() => {
        const unready = health.unready();
        if (unready === 'starting' || unready === 'log_unavailable')
            return;
        clearInterval(poll);
        report({ halyard: 'ready' });
    }, READY_POLL_MS);
}
//# sourceMappingURL=worker.js.map