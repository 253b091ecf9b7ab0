import { parseEnvironmentId } from "../../domain/environment-id.js";
const PREFIX = 'flagsmith.environment.';
/** Everything that the log holds. */
export const ALL_ENVIRONMENTS = `${PREFIX}>`;
/** What a stream that somebody else made may cover instead: keys are one token, so it is equivalent. */
export const ONE_TOKEN_ENVIRONMENTS = `${PREFIX}*`;
export function subjectOf(environment) {
    return PREFIX + environment;
}
/** Undefined: it is the subject of no environment. */
export function environmentOf(subject) {
    return subject.startsWith(PREFIX) ? parseEnvironmentId(subject.slice(PREFIX.length)) : undefined;
}
//# sourceMappingURL=subject.js.map