import type { ChangeDoor } from '../../../application/ports/change-door.ts';
import type { Changes } from '../../../application/ports/changes.ts';
export interface SignedBody {
    /** As it was sent: decoding it and encoding it again may not give the same bytes. */
    readonly body: Uint8Array;
    /** As it was sent; empty where there was none. */
    readonly signature: string;
}
/**
 * Lets in callers that know a secret: they send the HMAC-SHA256 of the body's bytes, in hexadecimal digits of either
 * case.
 */
export declare class SignatureDoor implements ChangeDoor<SignedBody> {
    #private;
    constructor(secrets: readonly string[], changes: Changes);
    enter({ body, signature }: SignedBody): Changes | undefined;
}
