import { methodNotAllowed, preflight } from "./answer.js";
/**
 * Answers a request that does not use one of a path's methods: a preflight, or a method that the path does not take.
 *
 * @param methods as the header `Allow` has them, `OPTIONS` included
 * @returns whether it is answered
 */
export function isAnsweredByMethod(exchange, methods) {
    const { method } = exchange;
    if (method === 'OPTIONS')
        exchange.answer(preflight(methods));
    else if (!methods.split(', ').includes(method))
        exchange.answer(methodNotAllowed(methods));
    else
        return false;
    return true;
}
//# sourceMappingURL=methods.js.map