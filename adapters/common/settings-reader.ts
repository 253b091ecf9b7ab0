import type { Variable } from './variable.ts';

/** Reads variables, and notes every mistake under the name of its variable, so that all are reported together. */
export class SettingsReader {
  readonly #environment: Readonly<Record<string, string | undefined>>;
  readonly #problems: string[];

  /**
   * @param environment the variables by their names, as `process.env` has them
   * @param problems mistakes are added here; after one the reader returns a placeholder and continues
   */
  constructor(environment: Readonly<Record<string, string | undefined>>, problems: string[]) {
    this.#environment = environment;
    this.#problems = problems;
  }

  /** The variable; if not set, its default, or else an empty text. */
  text(variable: Variable): string {
    return (this.isSet(variable) ? this.#environment[variable.name] : variable.default) ?? '';
  }

  /** Whether the variable is set, so that its default does not apply. */
  isSet(variable: Variable): boolean {
    const text = this.#environment[variable.name];
    return text !== undefined && (text !== '' || variable.mayBeEmpty === true);
  }

  oneOf<T extends string>(variable: Variable, values: readonly T[]): T {
    const text = this.text(variable);
    const value = values.find((known) => known === text);
    if (value === undefined) this.problem(variable, `must be one of ${values.join(', ')}`);
    return value ?? (values[0] as T);
  }

  /** A decimal number within bounds, both included. */
  number(variable: Variable, min: number, max: number): number {
    const text = this.text(variable);
    const value = /^\d+(\.\d+)?$/.test(text) ? Number(text) : NaN;
    if (value >= min && value <= max) return value;
    this.problem(variable, `must be a number from ${min} to ${max}`);
    return min;
  }

  /** @param otherwise the value if the variable is not set and has no default */
  integer(variable: Variable, min: number, max: number, otherwise?: number): number {
    const text = this.text(variable);
    if (text === '' && otherwise !== undefined) return otherwise;
    const value = /^\d+$/.test(text) ? Number(text) : NaN;
    if (value >= min && value <= max) return value;
    this.problem(variable, `must be a whole number from ${min} to ${max}`);
    return min;
  }

  /** @param what is wrong, worded to follow the variable's name; without any part of a possible secret */
  problem(variable: Pick<Variable, 'name'>, what: string): void {
    this.#problems.push(`${variable.name} ${what}`);
  }
}
