import type { Variable } from '../adapters/common/variable.ts';
type Environment = Readonly<Record<string, string | undefined>>;
/**
 * What holds, by the name of its variable, for the log and for `--check-config`. Of a secret only what it allows itself
 * is shown, or that it is set and by what.
 *
 * @param environment what the configuration was read from
 * @param texts what holds for each of the variables, secrets from files included
 */
export declare function effectiveConfiguration(variables: readonly Variable[], environment: Environment, texts: (variable: Variable) => string): Record<string, string>;
export {};
