import { fileVariable } from "./secret-files.js";
/**
 * What holds, by the name of its variable, for the log and for `--check-config`. Of a secret only what it allows itself
 * is shown, or that it is set and by what.
 *
 * @param environment what the configuration was read from
 * @param texts what holds for each of the variables, secrets from files included
 */
export function effectiveConfiguration(variables, environment, texts) {
    return Object.fromEntries(variables.map((variable) => {
        const text = texts(variable);
        if (variable.secret !== true)
            return [variable.name, text];
        return [variable.name, variable.shown?.(text) ?? secretShown(variable.name, environment)];
    }));
}
function secretShown(name, environment) {
    if (environment[name])
        return '(set)';
    return environment[fileVariable(name)] ? '(set by file)' : '';
}
//# sourceMappingURL=effective-configuration.js.map