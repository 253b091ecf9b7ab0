import type { LogKind } from '../adapters/common/log-kind.ts';
import { SettingsReader } from '../adapters/common/settings-reader.ts';
import type { Variable } from '../adapters/common/variable.ts';
import { FLAGSMITH_SETTINGS, type FlagsmithSettings } from '../adapters/flagsmith/flagsmith-settings.ts';
import { CONSOLE_SETTINGS, type ConsoleSettings } from '../adapters/http/console/console-settings.ts';
import { HTTP_SETTINGS, type HttpSettings, listenAddressesIn } from '../adapters/http/http-settings.ts';
import type { ListenAddress } from '../adapters/http/listen-address.ts';
import { OFREP_SETTINGS, type OfrepSettings } from '../adapters/http/ofrep/ofrep-settings.ts';
import { WEBHOOK_SETTINGS, type WebhookSettings } from '../adapters/http/webhooks/webhook-settings.ts';
import { TOKEN_SETTINGS, type TokenSettings } from '../adapters/system/token-settings.ts';
import { LOGGER_SETTINGS, type LoggerSettings } from '../adapters/telemetry/logger-settings.ts';
import { effectiveConfiguration } from './effective-configuration.ts';
import { fileLimit } from './file-limit.ts';
import { LOGS } from './logs.ts';
import { unusedVariables } from './published-image.ts';
import { readRefetchSettings, REFETCH_VARIABLES, type RefetchSettings } from './refetch-settings.ts';
import { withSecretsFromFiles } from './secret-files.ts';
import { readServiceSettings, SERVICE_VARIABLES, type ServiceSettings, textOfAgeRules } from './service-settings.ts';

/** The effective configuration, gathered from the adapters and from the service. Times are in milliseconds. */
export interface Config
  extends
    TokenSettings,
    HttpSettings,
    ConsoleSettings,
    FlagsmithSettings,
    OfrepSettings,
    ServiceSettings,
    RefetchSettings,
    LoggerSettings {
  readonly webhooks: WebhookSettings;
  readonly log: ChosenLog;
  /** Variables of the published image that are set, and have no effect here. */
  readonly unusedVariables: readonly string[];
  /** The values in effect, by the names of their variables, without secrets. */
  readonly shown: Readonly<Record<string, string>>;
}

/** The chosen log, with its own settings. */
export interface ChosenLog {
  readonly kind: LogKind;
  readonly settings: unknown;
}

const UPDATE_LOG: Variable = {
  name: 'UPDATE_LOG',
  default: LOGS[0].name,
  meaning: `The log between instances: ${LOGS.map(({ name, summary }) => `\`${name}\`, ${summary}`).join('; ')}.`,
};

/** Every variable that the service reads. A test holds the documentation to this list. */
export const VARIABLES: readonly Variable[] = variablesWith(LOGS);

function variablesWith(logs: readonly LogKind[]): readonly Variable[] {
  return [
    ...TOKEN_SETTINGS.variables,
    ...HTTP_SETTINGS.variables,
    ...CONSOLE_SETTINGS.variables,
    ...WEBHOOK_SETTINGS.variables,
    ...FLAGSMITH_SETTINGS.variables,
    ...OFREP_SETTINGS.variables,
    UPDATE_LOG,
    ...logs.flatMap(({ settings }) => settings.variables),
    ...SERVICE_VARIABLES,
    ...REFETCH_VARIABLES,
    ...LOGGER_SETTINGS.variables,
  ];
}

/** All mistakes in the environment, each with the name of its variable. */
export class ConfigError extends Error {
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(`the configuration has ${problems.length === 1 ? 'a mistake' : 'mistakes'}:\n  ${problems.join('\n  ')}`);
    this.problems = problems;
  }
}

/**
 * Reads the configuration. The variables of logs other than the chosen one are ignored.
 *
 * @param environment the variables by name, as in `process.env`; unknown ones are ignored
 * @param maxFiles how many files the process may open, which bounds the connections; by default its own limit
 * @throws ConfigError with every mistake at once
 */
export function readConfig(
  environment: Readonly<Record<string, string | undefined>>,
  maxFiles: number = fileLimit(),
): Config {
  const problems: string[] = [];
  const kind = chosenKind(environment, problems);
  const variables = variablesWith(kind === undefined ? [] : [kind]);
  const secrets = variables.filter(({ secret }) => secret === true).map(({ name }) => name);
  const reader = new SettingsReader(withSecretsFromFiles(environment, secrets, problems), problems);
  const flagsmith = FLAGSMITH_SETTINGS.read(reader);
  const isRelayOn = flagsmith.flagsRelay !== undefined;
  const service = readServiceSettings(reader, maxFiles, { asksForFlags: flagsmith.flagsmithApi !== undefined });
  const settings = {
    ...flagsmith,
    ...OFREP_SETTINGS.read(reader),
    ...TOKEN_SETTINGS.read(reader),
    ...HTTP_SETTINGS.read(reader),
    ...CONSOLE_SETTINGS.read(reader),
    ...WEBHOOK_SETTINGS.read(reader),
    ...service,
    // A relay caller may have fetched from an instance that had not received the update yet: this corrects it.
    ...readRefetchSettings(reader, service.workers, {
      isApiKnown: flagsmith.flagsmithApi !== undefined,
      echoSeconds: isRelayOn ? '3' : '',
    }),
    ...LOGGER_SETTINGS.read(reader),
  };
  const log = kind && { kind, settings: kind.settings.read(reader) };
  const { workers, maxSubscribers, maxStreamAgeMs, streamAgeRules, echoMs } = settings;
  if (log?.kind.isShared === false && workers > 1)
    problems.push(
      `WORKERS must be 1 with UPDATE_LOG=${log.kind.name}, not ${workers}: workers receive updates from each other through the log`,
    );
  if (log === undefined || problems.length > 0) throw new ConfigError(problems);
  const shown = effectiveConfiguration(variables, environment, (variable) => reader.text(variable));
  return {
    ...settings,
    log,
    unusedVariables: unusedVariables(environment),
    shown: {
      ...shown,
      MAX_SUBSCRIBERS: String(maxSubscribers),
      MAX_STREAM_AGE_SECONDS: String(maxStreamAgeMs / 1000),
      STREAM_AGE_RULES: textOfAgeRules(streamAgeRules),
      ECHO_SECONDS: echoMs.map((ms) => ms / 1000).join(','),
    },
  };
}

/**
 * Reads where the service listens, and nothing else: a health check must not fail because of files that are being
 * replaced under a running service.
 *
 * @throws ConfigError
 */
export function readListenAddresses(environment: NodeJS.ProcessEnv): readonly ListenAddress[] {
  const problems: string[] = [];
  const addresses = listenAddressesIn(new SettingsReader(environment, problems));
  if (problems.length > 0) throw new ConfigError(problems);
  return addresses;
}

/** Undefined: there is no such log; the problem is reported. */
function chosenKind(environment: NodeJS.ProcessEnv, problems: string[]): LogKind | undefined {
  const reader = new SettingsReader(environment, problems);
  const name = reader.text(UPDATE_LOG);
  const kind = LOGS.find((known) => known.name === name);
  if (kind === undefined) reader.problem(UPDATE_LOG, `must be one of ${LOGS.map((known) => known.name).join(', ')}`);
  return kind;
}
