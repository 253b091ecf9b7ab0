import type { Clock } from '../../application/ports/clock.ts';
import type { Logger } from '../../application/ports/logger.ts';
import type { Telemetry } from '../../application/ports/telemetry.ts';
import type { AppendOptions, AppendOutcome, LogFollower, LogStatus, UpdateLog } from '../../application/ports/update-log.ts';
import type { EnvironmentId } from '../../domain/environment-id.ts';
import type { UpdatedAt } from '../../domain/updated-at.ts';
import type { NatsSettings } from './nats-settings.ts';
export interface NatsLogOptions extends NatsSettings {
    readonly retentionMs: number;
}
interface Surroundings {
    readonly clock: Clock;
    readonly logger: Logger;
    readonly telemetry: Telemetry;
    /** From 0 up to, but not including, 1. */
    readonly random: () => number;
}
/**
 * The log on NATS JetStream. It comes up when NATS does, and after whatever happened to the connection, the
 * credentials, the stream or the consumer, it begins again from the outside in: connection, stream, epoch.
 */
export declare class NatsLog implements UpdateLog {
    #private;
    constructor(options: NatsLogOptions, { clock, logger, telemetry, random }: Surroundings);
    status(): LogStatus;
    follow(follower: LogFollower): void;
    append(environment: EnvironmentId, updatedAt: UpdatedAt, options: AppendOptions): Promise<AppendOutcome>;
    close(): Promise<void>;
}
export {};
