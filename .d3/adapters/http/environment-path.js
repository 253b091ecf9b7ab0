const PREFIX = '/sse/environments/';
/** The one path segment between the prefix of environments and the suffix, or undefined for another path. */
export function keyIn(path, suffix) {
    const end = path.length - suffix.length;
    if (end < PREFIX.length || !path.startsWith(PREFIX) || !path.endsWith(suffix))
        return undefined;
    const key = path.slice(PREFIX.length, end);
    return key.includes('/') ? undefined : key;
}
//# sourceMappingURL=environment-path.js.map