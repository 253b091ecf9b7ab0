import type { Clock } from '../../application/ports/clock.ts';
import type { Logger } from '../../application/ports/logger.ts';
import type { Telemetry } from '../../application/ports/telemetry.ts';
import type { UpdateLog } from '../../application/ports/update-log.ts';
import type { SettingsGroup } from './settings-group.ts';

/** A kind of log that the service can use. infrastructure/logs.ts lists all kinds. */
export interface LogKind<Settings = unknown> {
  /** What `UPDATE_LOG` calls it. */
  readonly name: string;
  /** What follows the name in the help and the documentation. */
  readonly summary: string;
  /** Whether several processes can share one log of this kind. */
  readonly isShared: boolean;
  /**
   * The names under which it counts its errors (`Telemetry.logError`). They are labels of a metric, so all are listed.
   */
  readonly operations: readonly string[];
  /** Why its epochs may end (`LogFollower.epochLost`); they are labels, too. */
  readonly losses: readonly string[];
  /** Its own variables. They are read, and their mistakes reported, only if this log is chosen. */
  readonly settings: SettingsGroup<Settings>;
  /**
   * Makes the log, which opens nothing before it is followed or appended to. Import a large client library no earlier
   * than that: this is called wherever the service is composed.
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
