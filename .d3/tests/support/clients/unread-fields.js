/**
 * Runs a check on a value, and tells which of the value's fields the check never looked at. The validators of
 * Kubernetes's resources accept whatever they do not know, as its schema does; but a field that none of them read is one
 * that Kubernetes would ignore: a misspelt probe.
 */
export function unreadFields(value, check) {
    const unread = new Set();
    check(watch(value, '', unread));
    return [...unread];
}
function watch(value, path, unread) {
    if (typeof value !== 'object' || value === null)
        return value;
    const children = new Map();
    for (const [key, child] of Object.entries(value)) {
        unread.add(`${path}/${key}`);
        children.set(key, watch(child, `${path}/${key}`, unread));
    }
    return new Proxy(value, {
        get(target, key, receiver) {
            unread.delete(`${path}/${String(key)}`);
            return children.has(key) ? children.get(key) : Reflect.get(target, key, receiver);
        },
    });
}
//# sourceMappingURL=unread-fields.js.map