import { type EnvironmentId } from '../../domain/environment-id.ts';
/** Everything that the log holds. */
export declare const ALL_ENVIRONMENTS = "flagsmith.environment.>";
/** What a stream that somebody else made may cover instead: keys are one token, so it is equivalent. */
export declare const ONE_TOKEN_ENVIRONMENTS = "flagsmith.environment.*";
export declare function subjectOf(environment: EnvironmentId): string;
/** Undefined: it is the subject of no environment. */
export declare function environmentOf(subject: string): EnvironmentId | undefined;
