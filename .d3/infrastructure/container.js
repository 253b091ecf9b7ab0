import cluster from 'node:cluster';
import 'reflect-metadata';
import { Container } from 'inversify';
import { ConnectionBudget } from "../adapters/http/connection-budget.js";
import { HeldRefusals } from "../adapters/http/held-refusals.js";
import { NodeServer } from "../adapters/http/node/server.js";
import { HealthRoutes } from "../adapters/http/health-routes.js";
import { OperatorRoutes } from "../adapters/http/operator-routes.js";
import { QueueChangeRoutes } from "../adapters/http/queue-change-routes.js";
import { Routes } from "../adapters/http/routes.js";
import { SseEncoder } from "../adapters/http/sse.js";
import { StreamRoutes } from "../adapters/http/stream-routes.js";
import { TlsCertificate } from "../adapters/http/tls-certificate.js";
import { UwsServer } from "../adapters/http/uws/server.js";
import { SignatureDoor } from "../adapters/http/webhooks/signature-door.js";
import { webhookRoutes } from "../adapters/http/webhooks/webhook-routes.js";
import { SystemClock } from "../adapters/system/system-clock.js";
import { SharedTokens } from "../adapters/system/shared-tokens.js";
import { TokenDoor } from "../adapters/system/token-door.js";
import { PinoLogger } from "../adapters/telemetry/pino-logger.js";
import { PrometheusPage } from "../adapters/telemetry/prometheus-page.js";
import { PrometheusTelemetry } from "../adapters/telemetry/prometheus-telemetry.js";
import { Drain } from "../application/drain.js";
import { Health } from "../application/health.js";
import { DEFAULT_SLICES, Hub } from "../application/hub.js";
import { Inspection } from "../application/inspection.js";
import { InstanceGauges } from "../application/instance-gauges.js";
import { LogTail } from "../application/log-tail.js";
import { StreamOpener } from "../application/stream-opener.js";
import { PendingUpdates } from "../application/pending-updates.js";
import { QueueChange } from "../application/queue-change.js";
import { Repairs } from "../application/repairs.js";
import { RepeatedChanges } from "../application/repeated-changes.js";
import { Sweep } from "../application/sweep.js";
import { LOGS } from "./logs.js";
import { Service } from "./service.js";
import { onOrder, report } from "./worker-message.js";
import { WorkerMetrics } from "./worker-metrics.js";
import { version } from "./version.js";
function token(name) {
    return Symbol(name);
}
/** What can be rebound: a test that swaps an adapter binds another one here. */
export const TOKENS = {
    clock: token('Clock'),
    random: token('Random'),
    logger: token('Logger'),
    telemetry: token('Telemetry'),
    prometheus: token('PrometheusTelemetry'),
    metrics: token('MetricsPage'),
    tokens: token('TokenCheck'),
    log: token('UpdateLog'),
    listeners: token('HttpListeners'),
    slices: token('Slices'),
    hub: token('Hub'),
    health: token('Health'),
    pending: token('PendingUpdates'),
    repairs: token('Repairs'),
    changes: token('QueueChange'),
    repeated: token('RepeatedChanges'),
    /** The one way of an endpoint to `changes`, for callers with the shared token. */
    tokenDoor: token('TokenDoor'),
    /** The same for callers that sign what they send; their changes are repeated. */
    signatureDoor: token('SignatureDoor'),
    streams: token('Streams'),
    tail: token('LogTail'),
    sweep: token('Sweep'),
    drain: token('Drain'),
    service: token('Service'),
    /** What every listener answers; those for clients and webhooks; those for Flagsmith and operators alone. */
    commonRoutes: token('CommonRoutes'),
    publicRoutes: token('PublicRoutes'),
    internalRoutes: token('InternalRoutes'),
};
/** Composes the service. Nothing is made before it is asked for, so adapters can be rebound until then. */
export function composeService(config) {
    const container = new Container({ defaultScope: 'Singleton' });
    bindAdapters(container, config);
    bindUseCases(container, config);
    bindRoutes(container, config);
    bindTransports(container, config);
    return container;
}
/** Binds a token to what `make` makes of other bindings, which it gets by the names that are given to them here. */
function provide(container, provided, needs, make) {
    const names = Object.keys(needs);
    const makeOf = (...values) => make(Object.fromEntries(names.map((name, position) => [name, values[position]])));
    container.bind(provided).toResolvedValue(makeOf, Object.values(needs));
}
const { clock, random, logger, telemetry, log, hub, health, pending, repairs, changes } = TOKENS;
function bindAdapters(container, config) {
    container.bind(clock).toResolvedValue(() => new SystemClock());
    container.bind(random).toConstantValue(Math.random);
    provide(container, logger, { clock }, (parts) => new PinoLogger({ level: config.logLevel, worker: cluster.worker?.id }, parts.clock));
    container.bind(TOKENS.prometheus).toResolvedValue(() => new PrometheusTelemetry(LOGS, config.log.kind.name));
    container.bind(telemetry).toService(TOKENS.prometheus);
    container.bind(TOKENS.tokens).toResolvedValue(() => new SharedTokens(config.tokens));
    provide(container, log, { clock, logger, telemetry, random }, (adapters) => {
        const { kind, settings } = config.log;
        return kind.make(settings, { ...adapters, retentionMs: config.retentionMs });
    });
    provide(container, TOKENS.metrics, { prometheus: TOKENS.prometheus, hub, sweep: TOKENS.sweep, pending, health, tail: TOKENS.tail, log, clock, logger }, ({ prometheus, ...parts }) => {
        const signs = new InstanceGauges(config.maxSubscribers, parts, parts.log);
        const page = new PrometheusPage(prometheus.registry, signs, { version: version(), node: process.versions.node });
        return cluster.isWorker ? new WorkerMetrics(page, { onOrder, report }, parts) : page;
    });
}
function bindUseCases(container, config) {
    const { appendDeadlineMs } = config;
    container.bind(TOKENS.slices).toConstantValue(DEFAULT_SLICES);
    provide(container, hub, { slices: TOKENS.slices, clock, logger, telemetry }, ({ slices, ...adapters }) => new Hub({ retentionMs: config.retentionMs, slices }, adapters));
    provide(container, health, { hub, clock }, (parts) => new Health(config.maxSubscribers, parts.hub, parts.clock));
    provide(container, repairs, { hub, log, clock, random, logger, telemetry }, (parts) => new Repairs({ appendTimeoutMs: appendDeadlineMs }, parts.hub, parts));
    provide(container, pending, { hub, repairs, log, clock, logger, telemetry }, (parts) => new PendingUpdates({ maxEnvironments: config.maxPendingEnvironments, appendTimeoutMs: appendDeadlineMs }, parts, parts));
    provide(container, changes, { hub, pending, repairs, log, clock, logger, telemetry }, (parts) => new QueueChange({ deadlineMs: appendDeadlineMs }, parts, parts));
    provide(container, TOKENS.tokenDoor, { tokens: TOKENS.tokens, changes }, (parts) => new TokenDoor(parts.tokens, parts.changes));
    provide(container, TOKENS.repeated, { changes, clock }, (parts) => new RepeatedChanges(parts.changes, parts.clock));
    provide(container, TOKENS.signatureDoor, { repeated: TOKENS.repeated }, (parts) => new SignatureDoor(config.webhooks.secrets, parts.repeated));
    provide(container, TOKENS.streams, { hub, clock, random, telemetry }, (parts) => new StreamOpener({
        maxSubscribers: config.maxSubscribers,
        maxStreamsPerAddress: config.maxStreamsPerAddress,
        resume: config.resume,
        age: { maxAgeMs: config.maxStreamAgeMs, rules: config.streamAgeRules },
    }, parts.hub, parts));
    provide(container, TOKENS.tail, { hub, health, pending, repairs, clock, logger, telemetry }, (parts) => new LogTail(parts, parts));
    provide(container, TOKENS.sweep, { hub, clock }, (parts) => new Sweep(config, parts.hub, parts.clock));
    provide(container, TOKENS.drain, { hub, health, changes, repeated: TOKENS.repeated, pending, repairs, listeners: TOKENS.listeners, clock, logger }, (parts) => new Drain({ waitMs: config.drainWaitMs, spreadMs: config.drainMs, changeDeadlineMs: appendDeadlineMs }, parts, parts));
    provide(container, TOKENS.service, { listeners: TOKENS.listeners, log, tail: TOKENS.tail, sweep: TOKENS.sweep, drain: TOKENS.drain }, (parts) => new Service(parts));
}
function bindRoutes(container, config) {
    provide(container, TOKENS.commonRoutes, { health, telemetry }, (parts) => [
        new HealthRoutes(parts.health, parts.telemetry),
    ]);
    provide(container, TOKENS.publicRoutes, { streams: TOKENS.streams, door: TOKENS.signatureDoor, telemetry, logger, clock, random }, (parts) => {
        const trustedProxies = config.maxStreamsPerAddress === 0 ? undefined : config.trustedProxies;
        const refusals = new HeldRefusals(config.maxHeldRefusals, parts.clock);
        const encoder = new SseEncoder(config.eventName);
        return [
            new StreamRoutes({ ...parts, encoder, trustedProxies, refusals }),
            ...webhookRoutes(config.webhooks, parts),
        ];
    });
    provide(container, TOKENS.internalRoutes, {
        door: TOKENS.tokenDoor,
        metrics: TOKENS.metrics,
        tokens: TOKENS.tokens,
        hub,
        tail: TOKENS.tail,
        pending,
        telemetry,
        logger,
        clock,
    }, (parts) => [
        new QueueChangeRoutes(parts),
        new OperatorRoutes({ ...parts, environments: new Inspection(parts.hub, parts.tail, parts.pending) }),
    ]);
}
function bindTransports(container, config) {
    const { commonRoutes, publicRoutes, internalRoutes } = TOKENS;
    provide(container, TOKENS.listeners, { commonRoutes, publicRoutes, internalRoutes, clock, logger }, (parts) => {
        const connections = new ConnectionBudget(config.maxConnections);
        const http1 = (addresses, routes) => config.http1Transport === 'node'
            ? new NodeServer({ addresses, connections }, routes, parts.logger)
            : new UwsServer({ addresses, connections, sharePort: config.workers > 1 }, routes, parts.logger);
        const { listenAddresses, internalListenAddresses, http2ListenAddresses, tlsFiles } = config;
        const hasInternal = internalListenAddresses.length > 0;
        // The most frequent first: each group looks at the path.
        const ofClients = new Routes([
            ...(hasInternal ? [] : parts.internalRoutes),
            ...parts.publicRoutes,
            ...parts.commonRoutes,
        ]);
        const listeners = [http1(listenAddresses, ofClients)];
        if (hasInternal)
            listeners.push(http1(internalListenAddresses, new Routes([...parts.internalRoutes, ...parts.commonRoutes])));
        if (http2ListenAddresses.length > 0) {
            const tls = tlsFiles && { certificate: new TlsCertificate(tlsFiles, parts.clock, parts.logger) };
            listeners.push(new NodeServer({ addresses: http2ListenAddresses, connections, ...tls }, ofClients, parts.logger));
        }
        return listeners;
    });
}
//# sourceMappingURL=container.js.map