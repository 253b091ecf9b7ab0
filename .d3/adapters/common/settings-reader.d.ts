import type { Variable } from './variable.ts';
/** Reads variables, and notes every mistake in them by the name of its variable: all are reported together. */
export declare class SettingsReader {
    #private;
    /**
     * @param environment the variables by their names, as `process.env` has them
     * @param problems mistakes are added here; a reader that meets one returns something all the same, and goes on
     */
    constructor(environment: Readonly<Record<string, string | undefined>>, problems: string[]);
    /** The variable, or its default where it is not set, or empty where it has none. */
    text(variable: Variable): string;
    oneOf<T extends string>(variable: Variable, values: readonly T[]): T;
    /** A decimal number within bounds, both included. */
    number(variable: Variable, min: number, max: number): number;
    /** @param otherwise what holds where the variable is not set and has no default */
    integer(variable: Variable, min: number, max: number, otherwise?: number): number;
    /** @param what is wrong, behind the variable's name; without a piece of what may be a secret */
    problem(variable: Pick<Variable, 'name'>, what: string): void;
}
