/** A whole response: what every transport writes. */
export interface Answer {
    readonly status: StatusCode;
    readonly headers: HeaderList;
    readonly body: string;
    /** Close the connection after it: what follows on it cannot be told from a body that nobody read. */
    readonly close?: boolean;
}
export type HeaderList = readonly (readonly [name: string, value: string])[];
export type StatusCode = keyof typeof REASON_PHRASES;
export declare const REASON_PHRASES: {
    readonly 200: "OK";
    readonly 204: "No Content";
    readonly 400: "Bad Request";
    readonly 401: "Unauthorized";
    readonly 404: "Not Found";
    readonly 405: "Method Not Allowed";
    readonly 413: "Content Too Large";
    readonly 503: "Service Unavailable";
};
/** On every response, errors included: a browser hides an answer without it from the page. */
export declare const ALLOW_ORIGIN: readonly ["Access-Control-Allow-Origin", "*"];
export declare function json(body: string): Answer;
/** The one shape of every error body. */
export declare function error(status: StatusCode, code: string, message: string, headers?: HeaderList, close?: boolean): Answer;
/** The connection is closed: what is left of the body cannot be told from the next request. */
export declare function tooLarge(limitBytes: number): Answer;
export declare function methodNotAllowed(allow: string): Answer;
/** What a browser asks before it sends a request with headers of its own. */
export declare function preflight(allow: string): Answer;
export declare function invalidEnvironment(key: string): Answer;
