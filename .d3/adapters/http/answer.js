export const REASON_PHRASES = {
    200: 'OK',
    204: 'No Content',
    400: 'Bad Request',
    401: 'Unauthorized',
    404: 'Not Found',
    405: 'Method Not Allowed',
    413: 'Content Too Large',
    503: 'Service Unavailable',
};
/** On every response, errors included: a browser hides an answer without it from the page. */
export const ALLOW_ORIGIN = ['Access-Control-Allow-Origin', '*'];
const JSON_HEADERS = [ALLOW_ORIGIN, ['Content-Type', 'application/json']];
const ALLOWED_HEADERS = 'Authorization, Content-Type, Cache-Control, Last-Event-ID, X-Requested-With, X-Environment-Key';
const DAY_SECONDS = '86400';
export function json(body) {
    return { status: 200, headers: JSON_HEADERS, body };
}
/** The one shape of every error body. */
export function error(status, code, message, headers = [], close = false) {
    return {
        status,
        headers: [...JSON_HEADERS, ...headers],
        body: JSON.stringify({ error: { code, message } }),
        close,
    };
}
/** The connection is closed: what is left of the body cannot be told from the next request. */
export function tooLarge(limitBytes) {
    return error(413, 'too_large', `the body is longer than ${limitBytes} bytes`, [], true);
}
export function methodNotAllowed(allow) {
    return error(405, 'method_not_allowed', `this path answers ${allow}`, [['Allow', allow]]);
}
/** What a browser asks before it sends a request with headers of its own. */
export function preflight(allow) {
    return {
        status: 204,
        headers: [
            ALLOW_ORIGIN,
            ['Access-Control-Allow-Methods', allow],
            ['Access-Control-Allow-Headers', ALLOWED_HEADERS],
            ['Access-Control-Max-Age', DAY_SECONDS],
            ['Allow', allow],
        ],
        body: '',
    };
}
export function invalidEnvironment(key) {
    const message = key.startsWith('ser.')
        ? 'this is a server-side key; changes are published to the client-side key of the environment only'
        : 'an environment key is 1 to 100 of A-Z, a-z, 0-9, _ and -';
    return error(400, 'invalid_environment', message);
}
//# sourceMappingURL=answer.js.map