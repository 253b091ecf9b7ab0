import type { MsgHdrs } from '@nats-io/transport-node';
export declare const NOT_FROM_JETSTREAM = "an answer is not from JetStream";
/** The fields of an object; undefined for any other value. */
export declare function fieldsOf(value: unknown): Readonly<Record<string, unknown>> | undefined;
/** A sequence or a number of messages that a double holds exactly. */
export declare function asCount(value: unknown): number | undefined;
/** The same as text, in digits alone: `Number` would take nothing, blanks and exponents for numbers, too. */
export declare function countIn(text: string | undefined): number | undefined;
/** The headers of a message. The client throws where it reads one with a name that it would not send itself. */
export declare function headersOf(message: {
    readonly headers?: MsgHdrs;
    readonly header?: MsgHdrs;
}): MsgHdrs | undefined;
