import { error, json } from "./answer.js";
export const LOG_UNAVAILABLE = error(503, 'log_unavailable', 'the log does not answer; the change is kept and will be published when it does, unless a newer one is first', [['Retry-After', '1']]);
/** How every endpoint answers a change that it was let in to announce: 200 with this JSON, or 503. */
export function answerToChange(outcome, body) {
    return outcome === 'stored' ? json(body) : LOG_UNAVAILABLE;
}
//# sourceMappingURL=change-answer.js.map