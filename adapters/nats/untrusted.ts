import type { MsgHdrs } from '@nats-io/transport-node';

// Every client that may publish can send what looks like an answer of JetStream, so nothing of it is relied on before
// its shape is checked here. What has another shape is counted and passed over.

export const NOT_FROM_JETSTREAM = 'an answer is not from JetStream';

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

/** The same as text, in digits alone: `Number` would take nothing, blanks and exponents for numbers, too. */
export function countIn(text: string | undefined): number | undefined {
  return text !== undefined && /^\d+$/.test(text) ? asCount(Number(text)) : undefined;
}

/** The headers of a message. The client throws where it reads one with a name that it would not send itself. */
export function headersOf(message: { readonly headers?: MsgHdrs; readonly header?: MsgHdrs }): MsgHdrs | undefined {
  try {
    return message.headers ?? message.header;
  } catch {
    return undefined;
  }
}
