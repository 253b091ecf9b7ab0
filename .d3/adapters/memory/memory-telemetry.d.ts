import type { StreamRefusal } from '../../application/ports/streams.ts';
import type { ChangeOutcome, MessageKind, PendingOutcome, RepairOutcome, SkipReason, Telemetry, WebhookOutcome } from '../../application/ports/telemetry.ts';
import type { CloseReason } from '../../domain/subscriber-session.ts';
/** Counts in memory, by the name of the count and its label: `wrote.data`, `streamClosed.age`. */
export declare class MemoryTelemetry implements Telemetry {
    #private;
    count(name: string): number;
    streamOpened(): void;
    streamClosed(reason: CloseReason): void;
    streamRefused(reason: StreamRefusal): void;
    wrote(message: MessageKind, count: number): void;
    writeFailed(message: MessageKind, count: number): void;
    delivered(count: number): void;
    passFinished(): void;
    changeAnswered(outcome: ChangeOutcome): void;
    webhookAnswered(outcome: WebhookOutcome): void;
    changesMerged(count: number): void;
    pendingSettled(outcome: PendingOutcome): void;
    repairTried(outcome: RepairOutcome): void;
    logError(operation: string): void;
    messageSkipped(reason: SkipReason): void;
    epochStarted(): void;
    epochLost(reason: string): void;
}
