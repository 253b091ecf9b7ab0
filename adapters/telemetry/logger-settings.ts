import type { SettingsGroup } from '../common/settings-group.ts';
import type { Variable } from '../common/variable.ts';

export interface LoggerSettings {
  readonly logLevel: LogLevel;
}

export type LogLevel = (typeof LOG_LEVELS)[number];
const LOG_LEVELS = ['debug', 'info', 'warn', 'error', 'silent'] as const;

const LOG_LEVEL: Variable = {
  name: 'LOG_LEVEL',
  default: 'info',
  meaning: '`debug`, `info`, `warn`, `error` or `silent`.',
};

export const LOGGER_SETTINGS: SettingsGroup<LoggerSettings> = {
  variables: [LOG_LEVEL],
  read: (reader) => ({ logLevel: reader.oneOf(LOG_LEVEL, LOG_LEVELS) }),
};
