import type { ChangeDoor } from '../../application/ports/change-door.ts';
import type { Changes } from '../../application/ports/changes.ts';
import type { TokenCheck } from '../../application/ports/token-check.ts';
/** Lets in callers that present the shared token. */
export declare class TokenDoor implements ChangeDoor<string> {
    #private;
    constructor(tokens: TokenCheck, changes: Changes);
    enter(token: string): Changes | undefined;
}
