import { Registry } from 'prom-client';
import type { StreamRefusal } from '../../application/ports/streams.ts';
import type { ChangeOutcome, MessageKind, PendingOutcome, RepairOutcome, SkipReason, Telemetry, WebhookOutcome } from '../../application/ports/telemetry.ts';
import type { CloseReason } from '../../domain/subscriber-session.ts';
import type { LogKind } from '../common/log-kind.ts';
/** Counts for Prometheus: the original's names as its documentation has them, and our own, which begin with `halyard_`. */
export declare class PrometheusTelemetry implements Telemetry {
    #private;
    readonly registry: Registry<"text/plain; version=0.0.4; charset=utf-8">;
    /**
     * @param kinds the logs that there are, whose labels are all there from the start
     * @param log the name of the one that is in use
     */
    constructor(kinds: readonly Pick<LogKind, 'operations' | 'losses'>[], log: string);
    streamOpened(): void;
    streamClosed(reason: CloseReason): void;
    streamRefused(reason: StreamRefusal): void;
    wrote(message: MessageKind, count: number): void;
    writeFailed(message: MessageKind, count: number): void;
    delivered(count: number, latencyMs: number): void;
    passFinished(durationMs: number): void;
    changeAnswered(outcome: ChangeOutcome, durationMs: number): void;
    webhookAnswered(outcome: WebhookOutcome): void;
    changesMerged(count: number): void;
    pendingSettled(outcome: PendingOutcome): void;
    repairTried(outcome: RepairOutcome): void;
    logError(operation: string): void;
    messageSkipped(reason: SkipReason): void;
    epochStarted(): void;
    epochLost(reason: string): void;
}
