import type { MsgHdrs } from '@nats-io/transport-node';

// Every client that may publish can send what looks like an answer of JetStream: what has another shape than JetStream's
// is counted and passed over.

export const NOT_FROM_JETSTREAM = 'an answer is not from JetStream';

/** The headers of a message. The client throws where it reads one with a name that it would not send itself. */
export function headersOf(message: { readonly headers?: MsgHdrs; readonly header?: MsgHdrs }): MsgHdrs | undefined {
  try {
    return message.headers ?? message.header;
  } catch {
    return undefined;
  }
}
