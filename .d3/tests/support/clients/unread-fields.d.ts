/**
 * Runs a check on a value, and tells which of the value's fields the check never looked at. The validators of
 * Kubernetes's resources accept whatever they do not know, as its schema does; but a field that none of them read is one
 * that Kubernetes would ignore: a misspelt probe.
 */
export declare function unreadFields(value: unknown, check: (watched: unknown) => void): string[];
