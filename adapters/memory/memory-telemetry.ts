import type { StreamRefusal } from '../../application/ports/streams.ts';
import type {
  ChangeOutcome,
  FlagsOutcome,
  FlagsRequestOutcome,
  MessageKind,
  PendingOutcome,
  RepairOutcome,
  SkipReason,
  Telemetry,
  WebhookOutcome,
} from '../../application/ports/telemetry.ts';
import type { CloseReason } from '../../domain/subscriber-session.ts';

/** Counts in memory, by the name of the count and its label: `wrote.data`, `streamClosed.age`. */
export class MemoryTelemetry implements Telemetry {
  readonly #counts = new Map<string, number>();

  count(name: string): number {
    return this.#counts.get(name) ?? 0;
  }

  streamOpened(): void {
    this.#add('streamOpened');
  }

  streamClosed(reason: CloseReason): void {
    this.#add(`streamClosed.${reason}`);
  }

  streamRefused(reason: StreamRefusal): void {
    this.#add(`streamRefused.${reason}`);
  }

  wrote(message: MessageKind, count: number): void {
    this.#add(`wrote.${message}`, count);
  }

  writeFailed(message: MessageKind, count: number): void {
    this.#add(`writeFailed.${message}`, count);
  }

  delivered(count: number): void {
    this.#add('delivered', count);
  }

  deliveredAtAge(...[count]: Parameters<Telemetry['deliveredAtAge']>): void {
    this.#add('deliveredAtAge', count);
  }

  heldBack(count: number): void {
    this.#add('heldBack', count);
  }

  echoed(): void {
    this.#add('echoed');
  }

  passFinished(): void {
    this.#add('passFinished');
  }

  changeAnswered(outcome: ChangeOutcome): void {
    this.#add(`changeAnswered.${outcome}`);
  }

  webhookAnswered(outcome: WebhookOutcome): void {
    this.#add(`webhookAnswered.${outcome}`);
  }

  changesMerged(count: number): void {
    this.#add('changesMerged', count);
  }

  pendingSettled(outcome: PendingOutcome): void {
    this.#add(`pendingSettled.${outcome}`);
  }

  repairTried(outcome: RepairOutcome): void {
    this.#add(`repairTried.${outcome}`);
  }

  logError(operation: string): void {
    this.#add(`logError.${operation}`);
  }

  messageSkipped(reason: SkipReason): void {
    this.#add(`messageSkipped.${reason}`);
  }

  flagsAnswered(outcome: FlagsOutcome): void {
    this.#add(`flagsAnswered.${outcome}`);
  }

  flagsRequested(outcome: FlagsRequestOutcome): void {
    this.#add(`flagsRequested.${outcome}`);
  }

  epochStarted(): void {
    this.#add('epochStarted');
  }

  epochLost(reason: string): void {
    this.#add(`epochLost.${reason}`);
  }

  #add(name: string, count = 1): void {
    this.#counts.set(name, this.count(name) + count);
  }
}
