/** Reads variables, and notes every mistake in them by the name of its variable: all are reported together. */
export class SettingsReader {
    #environment;
    #problems;
    /**
     * @param environment the variables by their names, as `process.env` has them
     * @param problems mistakes are added here; a reader that meets one returns something all the same, and goes on
     */
    constructor(environment, problems) {
        this.#environment = environment;
        this.#problems = problems;
    }
    /** The variable, or its default where it is not set, or empty where it has none. */
    text(variable) {
        const text = this.#environment[variable.name];
        if (text === undefined || (text === '' && variable.mayBeEmpty !== true))
            return variable.default ?? '';
        return text;
    }
    oneOf(variable, values) {
        const text = this.text(variable);
        const value = values.find((known) => known === text);
        if (value === undefined)
            this.problem(variable, `must be one of ${values.join(', ')}`);
        return value ?? values[0];
    }
    /** A decimal number within bounds, both included. */
    number(variable, min, max) {
        const text = this.text(variable);
        const value = /^\d+(\.\d+)?$/.test(text) ? Number(text) : NaN;
        if (value >= min && value <= max)
            return value;
        this.problem(variable, `must be a number from ${min} to ${max}`);
        return min;
    }
    /** @param otherwise what holds where the variable is not set and has no default */
    integer(variable, min, max, otherwise) {
        const text = this.text(variable);
        if (text === '' && otherwise !== undefined)
            return otherwise;
        const value = /^\d+$/.test(text) ? Number(text) : NaN;
        if (value >= min && value <= max)
            return value;
        this.problem(variable, `must be a whole number from ${min} to ${max}`);
        return min;
    }
    /** @param what is wrong, behind the variable's name; without a piece of what may be a secret */
    problem(variable, what) {
        this.#problems.push(`${variable.name} ${what}`);
    }
}
//# sourceMappingURL=settings-reader.js.map