import type { SettingsGroup } from '../common/settings-group.ts';
export interface LoggerSettings {
    readonly logLevel: LogLevel;
}
export type LogLevel = (typeof LOG_LEVELS)[number];
declare const LOG_LEVELS: readonly ["debug", "info", "warn", "error", "silent"];
export declare const LOGGER_SETTINGS: SettingsGroup<LoggerSettings>;
export {};
