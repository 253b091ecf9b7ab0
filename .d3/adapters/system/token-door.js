/** Lets in callers that present the shared token. */
export class TokenDoor {
    #tokens;
    #changes;
    constructor(tokens, changes) {
        this.#tokens = tokens;
        this.#changes = changes;
    }
    enter(token) {
        return this.#tokens.accepts(token) ? this.#changes : undefined;
    }
}
//# sourceMappingURL=token-door.js.map