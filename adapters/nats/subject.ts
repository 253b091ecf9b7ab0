import { type EnvironmentId, parseEnvironmentId } from '../../domain/environment-id.ts';

const PREFIX = 'flagsmith.environment.';

/** Everything that the log holds. */
export const ALL_ENVIRONMENTS = `${PREFIX}>`;
/** What a stream of another origin may cover instead: keys are one token, so it is equivalent. */
export const ONE_TOKEN_ENVIRONMENTS = `${PREFIX}*`;

export function subjectOf(environment: EnvironmentId): string {
  return PREFIX + environment;
}

/** Undefined: not the subject of an environment. */
export function environmentOf(subject: string): EnvironmentId | undefined {
  return subject.startsWith(PREFIX) ? parseEnvironmentId(subject.slice(PREFIX.length)) : undefined;
}
