/**
 * Runs a check on a value, and returns the fields of the value that the check never read. The validators of
 * Kubernetes's resources accept whatever they do not know, as its schema does; but a field that none of them
 * read is one that Kubernetes would ignore, such as a misspelt probe.
 */
export function unreadFields(value: unknown, check: (watched: unknown) => void): string[] {
  const unread = new Set<string>();
  check(watch(value, '', unread));
  return [...unread];
}

function watch(value: unknown, path: string, unread: Set<string>): unknown {
  if (typeof value !== 'object' || value === null) return value;
  const children = new Map<PropertyKey, unknown>();
  for (const [key, child] of Object.entries(value)) {
    unread.add(`${path}/${key}`);
    children.set(key, watch(child, `${path}/${key}`, unread));
  }
  return new Proxy(value, {
    get(target, key, receiver) {
      unread.delete(`${path}/${String(key)}`);
      return children.has(key) ? children.get(key) : (Reflect.get(target, key, receiver) as unknown);
    },
  });
}
