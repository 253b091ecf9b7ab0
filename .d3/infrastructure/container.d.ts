import 'reflect-metadata';
import { Container, type ServiceIdentifier } from 'inversify';
import { type RouteGroup } from '../adapters/http/routes.ts';
import { type SignedBody } from '../adapters/http/webhooks/signature-door.ts';
import { PrometheusTelemetry } from '../adapters/telemetry/prometheus-telemetry.ts';
import { Drain } from '../application/drain.ts';
import { Health } from '../application/health.ts';
import { Hub, type Slices } from '../application/hub.ts';
import { LogTail } from '../application/log-tail.ts';
import { PendingUpdates } from '../application/pending-updates.ts';
import type { ChangeDoor } from '../application/ports/change-door.ts';
import type { Clock } from '../application/ports/clock.ts';
import type { HttpListener } from '../application/ports/http-listener.ts';
import type { Logger } from '../application/ports/logger.ts';
import type { MetricsPage } from '../application/ports/metrics-page.ts';
import type { Streams } from '../application/ports/streams.ts';
import type { Telemetry } from '../application/ports/telemetry.ts';
import type { TokenCheck } from '../application/ports/token-check.ts';
import type { UpdateLog } from '../application/ports/update-log.ts';
import { QueueChange } from '../application/queue-change.ts';
import { Repairs } from '../application/repairs.ts';
import { RepeatedChanges } from '../application/repeated-changes.ts';
import { Sweep } from '../application/sweep.ts';
import type { Config } from './config.ts';
import { Service } from './service.ts';
/** What can be rebound: a test that swaps an adapter binds another one here. */
export declare const TOKENS: {
    readonly clock: ServiceIdentifier<Clock>;
    readonly random: ServiceIdentifier<() => number>;
    readonly logger: ServiceIdentifier<Logger>;
    readonly telemetry: ServiceIdentifier<Telemetry>;
    readonly prometheus: ServiceIdentifier<PrometheusTelemetry>;
    readonly metrics: ServiceIdentifier<MetricsPage>;
    readonly tokens: ServiceIdentifier<TokenCheck>;
    readonly log: ServiceIdentifier<UpdateLog>;
    readonly listeners: ServiceIdentifier<readonly HttpListener[]>;
    readonly slices: ServiceIdentifier<Slices>;
    readonly hub: ServiceIdentifier<Hub>;
    readonly health: ServiceIdentifier<Health>;
    readonly pending: ServiceIdentifier<PendingUpdates>;
    readonly repairs: ServiceIdentifier<Repairs>;
    readonly changes: ServiceIdentifier<QueueChange>;
    readonly repeated: ServiceIdentifier<RepeatedChanges>;
    /** The one way of an endpoint to `changes`, for callers with the shared token. */
    readonly tokenDoor: ServiceIdentifier<ChangeDoor<string>>;
    /** The same for callers that sign what they send; their changes are repeated. */
    readonly signatureDoor: ServiceIdentifier<ChangeDoor<SignedBody>>;
    readonly streams: ServiceIdentifier<Streams>;
    readonly tail: ServiceIdentifier<LogTail>;
    readonly sweep: ServiceIdentifier<Sweep>;
    readonly drain: ServiceIdentifier<Drain>;
    readonly service: ServiceIdentifier<Service>;
    /** What every listener answers; those for clients and webhooks; those for Flagsmith and operators alone. */
    readonly commonRoutes: ServiceIdentifier<readonly RouteGroup[]>;
    readonly publicRoutes: ServiceIdentifier<readonly RouteGroup[]>;
    readonly internalRoutes: ServiceIdentifier<readonly RouteGroup[]>;
};
/** Composes the service. Nothing is made before it is asked for, so adapters can be rebound until then. */
export declare function composeService(config: Config): Container;
