import type { LogKind } from '../adapters/common/log-kind.ts';
import type { Variable } from '../adapters/common/variable.ts';
import { type HttpSettings } from '../adapters/http/http-settings.ts';
import type { ListenAddress } from '../adapters/http/listen-address.ts';
import { type WebhookSettings } from '../adapters/http/webhooks/webhook-settings.ts';
import { type TokenSettings } from '../adapters/system/token-settings.ts';
import { type LoggerSettings } from '../adapters/telemetry/logger-settings.ts';
import { type ServiceSettings } from './service-settings.ts';
/** The effective configuration, gathered from the adapters that bring it and from the service. Times are in milliseconds. */
export interface Config extends TokenSettings, HttpSettings, ServiceSettings, LoggerSettings {
    readonly webhooks: WebhookSettings;
    readonly log: ChosenLog;
    /** What holds, by the names of the variables, without secrets. */
    readonly shown: Readonly<Record<string, string>>;
}
/** A log that is to be made, with the settings of its own. */
export interface ChosenLog {
    readonly kind: LogKind;
    readonly settings: unknown;
}
/** Every variable that the service reads. A test holds the documentation to this list. */
export declare const VARIABLES: readonly Variable[];
/** Every mistake in the environment, each with the name of its variable. */
export declare class ConfigError extends Error {
    readonly problems: readonly string[];
    constructor(problems: readonly string[]);
}
/**
 * Reads the configuration. The variables of a log that is not the chosen one are not looked at.
 *
 * @param environment the variables by their names, as `process.env` has them; what is no variable of ours is ignored
 * @param maxFiles how many files the process may open, which bounds the connections; its own limit unless given
 * @throws ConfigError with every mistake at once
 */
export declare function readConfig(environment: Readonly<Record<string, string | undefined>>, maxFiles?: number): Config;
/**
 * Reads where the service listens, and nothing else: a health check must not fail because of files that are being
 * replaced under a running service.
 *
 * @throws ConfigError
 */
export declare function readListenAddresses(environment: NodeJS.ProcessEnv): readonly ListenAddress[];
