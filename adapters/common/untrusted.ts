// Others may write what a log sends us, so its shape is checked here before it is used.

/** The fields of an object; undefined for any other value. */
export function fieldsOf(value: unknown): Readonly<Record<string, unknown>> | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Readonly<Record<string, unknown>>)
    : undefined;
}

/** A sequence or a number of messages that a double holds exactly. */
export function asCount(value: unknown): number | undefined {
  return Number.isSafeInteger(value) && (value as number) >= 0 ? (value as number) : undefined;
}

/** The same from a text of digits only: `Number` would also accept an empty text, blanks and exponents. */
export function countIn(text: unknown): number | undefined {
  return typeof text === 'string' && /^\d+$/.test(text) ? asCount(Number(text)) : undefined;
}
