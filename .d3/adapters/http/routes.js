import { error } from "./answer.js";
const NOT_FOUND = error(404, 'not_found', 'there is nothing at this path');
const TWO_LENGTHS = error(400, 'invalid_request', 'the request has more than one Content-Length', [], true);
/** Everything that a listener answers: the first group that has the path takes the request. */
export class Routes {
    #groups;
    constructor(groups) {
        this.#groups = groups;
    }
    handle(exchange) {
        // Whatever the path: the parser takes the first length, and a proxy in front may have taken the other.
        if (exchange.contentLengths() > 1)
            return exchange.answer(TWO_LENGTHS);
        for (const group of this.#groups)
            if (group.handle(exchange))
                return;
        exchange.answer(NOT_FOUND);
    }
}
//# sourceMappingURL=routes.js.map