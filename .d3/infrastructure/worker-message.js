/** Tells the primary; without effect once it is gone. */
export function report(message) {
    // One that is killed is known to be gone a moment later: with nobody to take it, that error would be a crash here.
    if (process.connected)
        process.send?.(message, undefined, undefined, () => undefined);
}
/** Takes each order of the primary. */
export function onOrder(take) {
    process.on('message', (message) => {
        if (isOrder(message))
            take(message);
    });
}
/** Tells a worker; without effect once it is gone. */
export function order(worker, message) {
    if (worker.isConnected())
        worker.send(message);
}
/**
 * Other parts of the process talk over the same channel, and a worker that replaces another may be of a newer version
 * than its primary: what has not the whole shape of ours is not looked at.
 */
export function isReport(message) {
    if (!isObject(message))
        return false;
    switch (message['halyard']) {
        case 'ready':
        case 'metricsWanted':
            return true;
        case 'started':
            return Array.isArray(message['ports']) && message['ports'].every((port) => typeof port === 'number');
        case 'measured':
            return typeof message['round'] === 'number' && isSnapshot(message['snapshot']);
        default:
            return false;
    }
}
/** The same for what comes from the primary. */
export function isOrder(message) {
    if (!isObject(message))
        return false;
    switch (message['halyard']) {
        case 'drain':
            return true;
        case 'measure':
            return typeof message['round'] === 'number';
        case 'metrics':
            return typeof message['page'] === 'string';
        default:
            return false;
    }
}
function isSnapshot(value) {
    return (Array.isArray(value) &&
        value.every((metric) => isObject(metric) && isText(metric['name'], metric['type']) && isValues(metric['values'])));
}
function isValues(value) {
    return Array.isArray(value) && value.every((sample) => isObject(sample) && isObject(sample['labels']));
}
function isText(...values) {
    return values.every((value) => typeof value === 'string');
}
function isObject(value) {
    return typeof value === 'object' && value !== null;
}
//# sourceMappingURL=worker-message.js.map