import type { MsgHdrs } from '@nats-io/transport-node';

// Every client that may publish can send something that looks like an answer of JetStream: what does not have
// JetStream's shape is counted and skipped.

export const NOT_FROM_JETSTREAM = 'an answer is not from JetStream';

/** The headers of a message. The client throws when it reads one with a name that it would not send itself. */
export function headersOf(message: { readonly headers?: MsgHdrs; readonly header?: MsgHdrs }): MsgHdrs | undefined {
  try {
    return message.headers ?? message.header;
  } catch {
    return undefined;
  }
}
