import type { SettingsReader } from '../adapters/common/settings-reader.ts';
import type { Variable } from '../adapters/common/variable.ts';
import { type StreamAgeRule } from '../application/stream-age.ts';
/** The settings of the service itself, whatever its adapters are. Times are in milliseconds. */
export interface ServiceSettings {
    /** How many processes share the port. */
    readonly workers: number;
    readonly keepAliveMs: number;
    readonly retentionMs: number;
    readonly maxStreamAgeMs: number;
    readonly streamAgeRules: readonly StreamAgeRule[];
    readonly maxSubscribers: number;
    readonly maxConnections: number;
    /** 0: as many as there may be. */
    readonly maxStreamsPerAddress: number;
    /** How many requests that will be refused may wait for it. */
    readonly maxHeldRefusals: number;
    readonly resume: boolean;
    readonly congestedMs: number;
    readonly appendDeadlineMs: number;
    readonly maxPendingEnvironments: number;
    readonly drainWaitMs: number;
    readonly drainMs: number;
}
export declare const SERVICE_VARIABLES: readonly Variable[];
/** @param maxFiles how many files the process may open, which bounds the connections */
export declare function readServiceSettings(reader: SettingsReader, maxFiles: number): ServiceSettings;
