import type { CloseReason } from '../../domain/subscriber-session.ts';
import type { ApiFailure } from './flagsmith-api.ts';
import type { StreamRefusal } from './streams.ts';

/** What the service counts. Calls are cheap and never fail; no environment is ever a label. */
export interface Telemetry {
  streamOpened(): void;
  streamClosed(reason: CloseReason): void;
  streamRefused(reason: StreamRefusal): void;
  /** Bytes were handed to sockets, `count` times. Called once a slice, not once a delivery. */
  wrote(message: MessageKind, count: number): void;
  /** A socket was gone when it should have been written to. */
  writeFailed(message: MessageKind, count: number): void;
  /**
   * `count` sessions received an update, `latencyMs` after its receipt from the log, without the time for which the pace
   * or the spacing held it back. Called once a slice.
   */
  delivered(count: number, latencyMs: number): void;
  /**
   * `count` sessions received an update `ageMs` after its `updated_at`, by the clocks of two machines. Called once a
   * slice, for times that can be compared with a clock, and not when an update is sent again.
   */
  deliveredAtAge(count: number, ageMs: number): void;
  /** Of deliveries at a pace: for how long it held these back. Called once a slice. */
  heldBack(count: number, heldMs: number): void;
  /** The newest update of an environment is sent once more. */
  echoed(): void;
  /** @param durationMs without the time for which the spacing of the events of a dialect held the pass back */
  passFinished(durationMs: number): void;
  changeAnswered(outcome: ChangeOutcome, durationMs: number): void;
  webhookAnswered(outcome: WebhookOutcome): void;
  /** One append stood for `count` notifications more than its own. */
  changesMerged(count: number): void;
  /** What became of an update that was answered with 503 and kept. */
  pendingSettled(outcome: PendingOutcome): void;
  /** A repair was tried: an update that the log had lost, or had never put last, was appended again. */
  repairTried(outcome: RepairOutcome): void;
  /** The log failed at an operation: one of the few names that it declares, as the name is a label. */
  logError(operation: string): void;
  messageSkipped(reason: SkipReason): void;
  /** A request for flags or a document was answered. */
  flagsAnswered(outcome: FlagsOutcome): void;
  /** A request to the Flagsmith API is over. */
  flagsRequested(outcome: FlagsRequestOutcome, durationMs: number): void;
  epochStarted(): void;
  /** @param reason what the log says, see `LogFollower` */
  epochLost(reason: string): void;
}

/** The labels of the original's documentation: they are part of the contract with existing dashboards. */
export type MessageKind = 'keepalive' | 'data' | 'healthcheck';

export type ChangeOutcome = 'stored' | 'unauthorized' | 'invalid' | 'too_large' | 'unavailable' | 'abandoned';
/**
 * `ignored`: it says of no change. `repeated`: it was announced before. `unplaced`: no environment is known that it
 * concerns. `busy`: too many bodies were being read.
 */
export type WebhookOutcome = ChangeOutcome | 'ignored' | 'repeated' | 'unplaced' | 'busy';
export type PendingOutcome = 'appended' | 'superseded' | 'overflowed';
/** `conflict`: the log has a newer update of the environment, often another instance's repair. */
export type RepairOutcome = 'stored' | 'conflict' | 'unavailable';
/**
 * Why a message of the log was passed over: it is about no environment, it is too long, it has no readable
 * `updated_at`, or the log does not say where it stands.
 */
export type SkipReason = 'subject' | 'size' | 'content' | 'metadata';
/**
 * `kept`: from memory. `fetched`: it waited for the API. `passed`: for this caller alone. `stale`: the last good answer,
 * as the API fails. `refused`: the API refused it, with 403 or otherwise. `unavailable`: the API fails, and there is no
 * answer of before. `busy`: too many wait.
 */
export type FlagsOutcome = 'kept' | 'fetched' | 'passed' | 'stale' | 'refused' | 'unavailable' | 'busy';
/** `ok` is 200, `forbidden` 403, `refused` any other status; the others brought no answer. */
export type FlagsRequestOutcome = 'ok' | 'forbidden' | 'refused' | 'timeout' | ApiFailure;
