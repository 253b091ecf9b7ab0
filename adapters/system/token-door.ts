import type { ChangeDoor } from '../../application/ports/change-door.ts';
import type { Changes } from '../../application/ports/changes.ts';
import type { TokenCheck } from '../../application/ports/token-check.ts';

/** Lets in callers that present the shared token. */
export class TokenDoor implements ChangeDoor<string> {
  readonly #tokens: TokenCheck;
  readonly #changes: Changes;

  constructor(tokens: TokenCheck, changes: Changes) {
    this.#tokens = tokens;
    this.#changes = changes;
  }

  enter(token: string): Changes | undefined {
    return this.#tokens.accepts(token) ? this.#changes : undefined;
  }
}
