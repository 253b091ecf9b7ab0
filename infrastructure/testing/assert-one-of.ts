/** Checks what a caller without types may have got wrong. */
export function assertOneOf(name: string, value: string, allowed: readonly string[]): void {
  if (!allowed.includes(value)) throw new Error(`${name} must be ${allowed.join(' or ')}, not ${value}`);
}
