import { SettingsReader } from "../adapters/common/settings-reader.js";
import { HTTP_SETTINGS, listenAddressesIn } from "../adapters/http/http-settings.js";
import { WEBHOOK_SETTINGS } from "../adapters/http/webhooks/webhook-settings.js";
import { TOKEN_SETTINGS } from "../adapters/system/token-settings.js";
import { LOGGER_SETTINGS } from "../adapters/telemetry/logger-settings.js";
import { effectiveConfiguration } from "./effective-configuration.js";
import { fileLimit } from "./file-limit.js";
import { LOGS } from "./logs.js";
import { withSecretsFromFiles } from "./secret-files.js";
import { readServiceSettings, SERVICE_VARIABLES } from "./service-settings.js";
const UPDATE_LOG = {
    name: 'UPDATE_LOG',
    default: LOGS[0].name,
    meaning: `The log between instances: ${LOGS.map(({ name, summary }) => `\`${name}\`, ${summary}`).join('; ')}.`,
};
/** Every variable that the service reads. A test holds the documentation to this list. */
export const VARIABLES = variablesWith(LOGS);
function variablesWith(logs) {
    return [
        ...TOKEN_SETTINGS.variables,
        ...HTTP_SETTINGS.variables,
        ...WEBHOOK_SETTINGS.variables,
        UPDATE_LOG,
        ...logs.flatMap(({ settings }) => settings.variables),
        ...SERVICE_VARIABLES,
        ...LOGGER_SETTINGS.variables,
    ];
}
/** Every mistake in the environment, each with the name of its variable. */
export class ConfigError extends Error {
    problems;
    constructor(problems) {
        super(`the configuration has ${problems.length === 1 ? 'a mistake' : 'mistakes'}:\n  ${problems.join('\n  ')}`);
        this.problems = problems;
    }
}
/**
 * Reads the configuration. The variables of a log that is not the chosen one are not looked at.
 *
 * @param environment the variables by their names, as `process.env` has them; what is no variable of ours is ignored
 * @param maxFiles how many files the process may open, which bounds the connections; its own limit unless given
 * @throws ConfigError with every mistake at once
 */
export function readConfig(environment, maxFiles = fileLimit()) {
    const problems = [];
    const kind = chosenKind(environment, problems);
    const variables = variablesWith(kind === undefined ? [] : [kind]);
    const secrets = variables.filter(({ secret }) => secret === true).map(({ name }) => name);
    const reader = new SettingsReader(withSecretsFromFiles(environment, secrets, problems), problems);
    const settings = {
        ...TOKEN_SETTINGS.read(reader),
        ...HTTP_SETTINGS.read(reader),
        ...WEBHOOK_SETTINGS.read(reader),
        ...readServiceSettings(reader, maxFiles),
        ...LOGGER_SETTINGS.read(reader),
    };
    const log = kind && { kind, settings: kind.settings.read(reader) };
    const { workers, maxSubscribers } = settings;
    if (log?.kind.isShared === false && workers > 1)
        problems.push(`WORKERS must be 1 with UPDATE_LOG=${log.kind.name}, not ${workers}: workers hear each other by the log`);
    if (log === undefined || problems.length > 0)
        throw new ConfigError(problems);
    const shown = effectiveConfiguration(variables, environment, (variable) => reader.text(variable));
    return { ...settings, log, shown: { ...shown, MAX_SUBSCRIBERS: String(maxSubscribers) } };
}
/**
 * Reads where the service listens, and nothing else: a health check must not fail because of files that are being
 * replaced under a running service.
 *
 * @throws ConfigError
 */
export function readListenAddresses(environment) {
    const problems = [];
    const addresses = listenAddressesIn(new SettingsReader(environment, problems));
    if (problems.length > 0)
        throw new ConfigError(problems);
    return addresses;
}
/** Undefined: there is no such log, which is a problem. */
function chosenKind(environment, problems) {
    const reader = new SettingsReader(environment, problems);
    const name = reader.text(UPDATE_LOG);
    const kind = LOGS.find((known) => known.name === name);
    if (kind === undefined)
        reader.problem(UPDATE_LOG, `must be one of ${LOGS.map((known) => known.name).join(', ')}`);
    return kind;
}
//# sourceMappingURL=config.js.map