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
  /** A socket had closed before it could be written to. */
  writeFailed(message: MessageKind, count: number): void;
  /**
   * `count` sessions received an update, `latencyMs` after its receipt from the log, not counting the time that the
   * pace or the spacing held it back. Called once a slice.
   */
  delivered(count: number, latencyMs: number): void;
  /**
   * `count` sessions received an update `ageMs` after its `updated_at`, by the clocks of two machines. Called once a
   * slice, only for times that can be compared with a clock, and not when an update is sent again.
   */
  deliveredAtAge(count: number, ageMs: number): void;
  /** The pace held `count` deliveries back for `heldMs`. Called once a slice. */
  heldBack(count: number, heldMs: number): void;
  /** The newest update of an environment is sent again. */
  echoed(): void;
  /** @param durationMs without the time for which the spacing of the events of a dialect held the pass back */
  passFinished(durationMs: number): void;
  changeAnswered(outcome: ChangeOutcome, durationMs: number): void;
  webhookAnswered(outcome: WebhookOutcome): void;
  /** One append covered `count` notifications besides its own. */
  changesMerged(count: number): void;
  /** The outcome of an update that was answered with 503 and kept. */
  pendingSettled(outcome: PendingOutcome): void;
  /** A repair was tried: an update that the log had lost, or never had last, was appended again. */
  repairTried(outcome: RepairOutcome): void;
  /** An operation of the log failed. Its name is one of the few that the log declares, because it is a label. */
  logError(operation: string): void;
  messageSkipped(reason: SkipReason): void;
  /** A request for flags or a document was answered. */
  flagsAnswered(outcome: FlagsOutcome): void;
  /** A request to the Flagsmith API has ended. */
  flagsRequested(outcome: FlagsRequestOutcome, durationMs: number): void;
  epochStarted(): void;
  /** @param reason as the log gives it, see `LogFollower` */
  epochLost(reason: string): void;
}

/** The labels of the original's documentation: they are part of the contract with existing dashboards. */
export type MessageKind = 'keepalive' | 'data' | 'healthcheck';

export type ChangeOutcome = 'stored' | 'unauthorized' | 'invalid' | 'too_large' | 'unavailable' | 'abandoned';
/**
 * `ignored`: it announces no change. `repeated`: the change was announced before. `unplaced`: its environment is
 * unknown. `busy`: too many bodies were being read.
 */
export type WebhookOutcome = ChangeOutcome | 'ignored' | 'repeated' | 'unplaced' | 'busy';
export type PendingOutcome = 'appended' | 'superseded' | 'overflowed';
/** `conflict`: the log has a newer update of the environment, often another instance's repair. */
export type RepairOutcome = 'stored' | 'conflict' | 'unavailable';
/**
 * Why a message of the log was skipped: its subject names no environment, it is too long, it has no readable
 * `updated_at`, or the log does not give its position.
 */
export type SkipReason = 'subject' | 'size' | 'content' | 'metadata';
/**
 * `kept`: from memory. `fetched`: it waited for the API. `passed`: for this caller only. `stale`: the last good answer,
 * because the API fails. `refused`: the API refused it, with 403 or otherwise. `unavailable`: the API fails, and there
 * is no earlier answer. `busy`: too many requests are waiting.
 */
export type FlagsOutcome = 'kept' | 'fetched' | 'passed' | 'stale' | 'refused' | 'unavailable' | 'busy';
/** `ok` is 200, `forbidden` 403, `refused` any other status; the others had no answer. */
export type FlagsRequestOutcome = 'ok' | 'forbidden' | 'refused' | 'timeout' | ApiFailure;
