import type { Clock } from '../../application/ports/clock.ts';
import type { Logger } from '../../application/ports/logger.ts';
import type { Telemetry } from '../../application/ports/telemetry.ts';
import type { UpdateLog } from '../../application/ports/update-log.ts';
import type { SettingsGroup } from './settings-group.ts';
/** A log that the service can be run on. infrastructure/logs.ts lists those that there are. */
export interface LogKind<Settings = unknown> {
    /** What `UPDATE_LOG` calls it. */
    readonly name: string;
    /** What stands behind the name in the help and the documentation. */
    readonly summary: string;
    /** Whether several processes can be on one log of this kind. */
    readonly isShared: boolean;
    /** Under which names it counts its errors (`Telemetry.logError`). They are labels of a metric, so they are all here. */
    readonly operations: readonly string[];
    /** Why its epochs may end (`LogFollower.epochLost`); they are labels, too. */
    readonly losses: readonly string[];
    /** Its own variables. They are read, and their mistakes reported, only where this log is chosen. */
    readonly settings: SettingsGroup<Settings>;
    /**
     * Makes the log, which opens nothing before it is followed or appended to. A client library that is large is best
     * imported then, too: this is called wherever the service is composed.
     */
    make(settings: Settings, parts: LogParts): UpdateLog;
}
export interface LogParts {
    /** How long an update is to be kept, in milliseconds. */
    readonly retentionMs: number;
    readonly clock: Clock;
    readonly logger: Logger;
    readonly telemetry: Telemetry;
    /** From 0 up to, but not including, 1. */
    readonly random: () => number;
}
