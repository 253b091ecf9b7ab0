import { Registry } from 'prom-client';
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
import type { Tallies, Tally } from '../../application/ports/tallies.ts';
import type { CloseReason } from '../../domain/subscriber-session.ts';
import type { LogKind } from '../common/log-kind.ts';
import { Count, DeclaredCount, Distribution, LabelledCount } from './metric-family.ts';

// The values of each label are repeated here as keys, so that the compiler finds one that a port has and a metric
// lacks.
const MESSAGES: Record<MessageKind, true> = { keepalive: true, data: true, healthcheck: true };
const CLOSE_REASONS: Record<CloseReason, true> = {
  client: true,
  age: true,
  drained: true,
  congested: true,
  failed: true,
};
const STREAM_REFUSALS: Record<StreamRefusal, true> = { full: true, address: true, draining: true };
const CHANGE_OUTCOMES: Record<ChangeOutcome, true> = {
  stored: true,
  unauthorized: true,
  invalid: true,
  too_large: true,
  unavailable: true,
  abandoned: true,
};
const WEBHOOK_OUTCOMES: Record<WebhookOutcome, true> = {
  ...CHANGE_OUTCOMES,
  ignored: true,
  repeated: true,
  unplaced: true,
  busy: true,
};
const PENDING_OUTCOMES: Record<PendingOutcome, true> = { appended: true, superseded: true, overflowed: true };
const REPAIR_OUTCOMES: Record<RepairOutcome, true> = { stored: true, conflict: true, unavailable: true };
const SKIP_REASONS: Record<SkipReason, true> = { subject: true, size: true, content: true, metadata: true };

const FLAGS_OUTCOMES: Record<FlagsOutcome, true> = {
  kept: true,
  fetched: true,
  passed: true,
  stale: true,
  refused: true,
  unavailable: true,
  busy: true,
};
const FLAGS_REQUEST_OUTCOMES: Record<FlagsRequestOutcome, true> = {
  ok: true,
  forbidden: true,
  refused: true,
  timeout: true,
  unreachable: true,
  too_large: true,
  unreadable: true,
  cancelled: true,
};

/** The original's metric is about NATS: the errors of another log are not in it. */
const ORIGINAL_LOG = 'nats';
const ORIGINAL_OPERATIONS = {
  connect: true,
  publish: true,
  create_jetstream: true,
  create_consumer: true,
  pull: true,
  read: true,
  ack: true,
} as const;
type OriginalOperation = keyof typeof ORIGINAL_OPERATIONS;

/**
 * From a small channel's single slice (under a millisecond) to a pass over 100,000 subscribers on a busy machine
 * (seconds). Finest between 10 and 500 ms, which includes a pass over ten thousand, and the alert's bound of 250 ms for
 * the 99th percentile.
 */
const FAN_OUT_SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.15, 0.25, 0.5, 1, 2.5, 5, 10];

/** At a pace of 100 a second, a pass over tens of thousands of subscribers takes minutes. */
const PASS_SECONDS = [...FAN_OUT_SECONDS, 30, 60, 150, 300, 600];
/** Flagsmith's task processor takes one or two seconds; a pace may take minutes. */
const AGE_SECONDS = [0.05, 0.1, 0.25, 0.5, 1, 1.5, 2, 2.5, 3, 5, 10, 30, 60, 300, 1800];
const HELD_SECONDS = [0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 150, 300, 600, 1800];

/**
 * An append takes one or two milliseconds, or as long as a disk flush. The upper end follows the deadlines: 1.5 s is
 * our default, the Flagsmith API gives up after 2 s, and 60 s is the highest setting of ours.
 */
const CHANGE_SECONDS = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 1.5, 2, 5, 60];

/** An idle API takes 10 to 30 ms, and an overloaded one seconds; by default a request is given up after 8 s. */
const FLAGS_SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 8, 15, 30];

/** Counts for Prometheus: under the original's documented names, and under our own, which begin with `halyard_`. */
export class PrometheusTelemetry implements Telemetry, Tallies {
  readonly registry = new Registry();

  readonly #opened = new Count(this.registry, {
    name: 'flagsmith_sse_subscribers_total',
    help: 'Streams that were opened since the start.',
  });
  readonly #httpWrites = new LabelledCount(this.registry, {
    name: 'flagsmith_sse_http_writes_total',
    help: 'Events, keep-alives and answers to health checks that were written to a socket.',
    label: 'message',
    values: MESSAGES,
  });
  readonly #httpErrors = new LabelledCount(this.registry, {
    name: 'flagsmith_sse_http_errors_total',
    help: 'Writes to closed sockets.',
    label: 'message',
    values: MESSAGES,
  });
  readonly #natsErrors = new LabelledCount(this.registry, {
    name: 'flagsmith_sse_nats_errors_total',
    help:
      'Errors with NATS: dial and authentication (connect), append (publish), the stream (create_jetstream), ' +
      'the start of a tail epoch (create_consumer), an unreadable message or a lost epoch (read). ' +
      'There is nothing to pull or to acknowledge here, so pull and ack stay 0.',
    label: 'operation',
    values: ORIGINAL_OPERATIONS,
  });
  readonly #closed = new LabelledCount(this.registry, {
    name: 'halyard_streams_closed_total',
    help:
      'Streams that ended: the client left, the stream reached its age, the service drained, the client did not read, ' +
      'or a bug made a write fail.',
    label: 'reason',
    values: CLOSE_REASONS,
  });
  readonly #refused = new LabelledCount(this.registry, {
    name: 'halyard_streams_refused_total',
    help: 'Streams that were refused: beyond MAX_SUBSCRIBERS (full), beyond MAX_STREAMS_PER_ADDRESS (address), or, those of OFREP, because the instance stops (draining).',
    label: 'reason',
    values: STREAM_REFUSALS,
  });
  readonly #latency = new Distribution(this.registry, {
    name: 'halyard_delivery_latency_seconds',
    help: 'From the receipt of an update from the log to its write to a subscriber, minus the time for which REFETCH_PER_SECOND, or the second between two events of an OFREP stream, held it back; one observation per delivery.',
    bounds: FAN_OUT_SECONDS,
  });
  readonly #ages = new Distribution(this.registry, {
    name: 'halyard_update_age_seconds',
    help: 'From the updated_at of an update to its write to a subscriber: the whole delay of clients. It compares the clock of the Flagsmith API with that of this machine. One observation per delivery, if updated_at has its common form; what ECHO_SECONDS sends again is not counted.',
    bounds: AGE_SECONDS,
  });
  readonly #held = new Distribution(this.registry, {
    name: 'halyard_pace_held_seconds',
    help: 'How long REFETCH_PER_SECOND held an update back from a subscriber; one observation per delivery. None if it is off.',
    bounds: HELD_SECONDS,
  });
  readonly #echoes = new Count(this.registry, {
    name: 'halyard_echoes_total',
    help: 'How often the newest update of an environment was sent to its subscribers again, by ECHO_SECONDS.',
  });
  readonly #passes = new Distribution(this.registry, {
    name: 'halyard_pass_duration_seconds',
    help: 'How long it took to send an update to all subscribers of an environment, including those that joined meanwhile. With REFETCH_PER_SECOND most of it is the pace. The second between two events of an OFREP stream is not counted.',
    bounds: PASS_SECONDS,
  });
  readonly #changes = new LabelledCount(this.registry, {
    name: 'halyard_queue_changes_total',
    help: 'Notifications by outcome: stored is 200, unavailable 503, abandoned by a caller that left.',
    label: 'outcome',
    values: CHANGE_OUTCOMES,
  });
  readonly #changeDuration = new Distribution(this.registry, {
    name: 'halyard_queue_change_duration_seconds',
    help: 'How long notifications took that reached the log or waited for it: stored, unavailable and abandoned ones.',
    bounds: CHANGE_SECONDS,
  });
  readonly #webhooks = new LabelledCount(this.registry, {
    name: 'halyard_webhooks_total',
    help:
      'Webhooks by outcome: stored is 200, unavailable 503, abandoned by a caller that left; ignored changed ' +
      'nothing, repeated was announced before, unplaced concerned no known environment, busy came while too ' +
      'many bodies were being read.',
    label: 'outcome',
    values: WEBHOOK_OUTCOMES,
  });
  readonly #webhooksUnplaced = new Count(this.registry, {
    name: 'halyard_webhooks_unplaced_total',
    help: 'Webhooks of a change that was not announced, because no environment that it concerns is known.',
  });
  readonly #merged = new Count(this.registry, {
    name: 'halyard_changes_merged_total',
    help: 'Notifications that were answered by the append of another one for the same environment.',
  });
  readonly #pending = new LabelledCount(this.registry, {
    name: 'halyard_pending_settled_total',
    help: 'Updates that were refused with 503 and kept: appended later, superseded by a newer one, or too many to keep.',
    label: 'outcome',
    values: PENDING_OUTCOMES,
  });
  readonly #repairs = new LabelledCount(this.registry, {
    name: 'halyard_repairs_total',
    help: 'Updates that the log had lost, or never had as the last one, and that were appended again: stored, refused because the log has a newer one (conflict), or not settled in time.',
    label: 'outcome',
    values: REPAIR_OUTCOMES,
  });
  readonly #skipped = new LabelledCount(this.registry, {
    name: 'halyard_log_messages_skipped_total',
    help: 'Messages in the log that are not updates, by what is wrong with them.',
    label: 'reason',
    values: SKIP_REASONS,
  });
  readonly #flags = new LabelledCount(this.registry, {
    name: 'halyard_flags_answers_total',
    help:
      'Requests for flags and documents to the relay, and each try of an OFREP request, by outcome: kept is from memory, fetched waited for ' +
      'the API, passed had a request to the API of its own, stale is the last good answer while the API fails, refused is what the ' +
      'API refused, unavailable is 503 because the API fails, busy is 503 because too many wait.',
    label: 'outcome',
    values: FLAGS_OUTCOMES,
  });
  readonly #flagsRequests = new LabelledCount(this.registry, {
    name: 'halyard_flags_requests_total',
    help:
      'Requests of the relay and of OFREP to the Flagsmith API, by outcome: ok is 200, forbidden 403, refused any other ' +
      'status; the others brought no answer. A cancelled one took too long after an update had made it outdated.',
    label: 'outcome',
    values: FLAGS_REQUEST_OUTCOMES,
  });
  readonly #flagsDuration = new Distribution(this.registry, {
    name: 'halyard_flags_request_duration_seconds',
    help: 'How long the Flagsmith API took for requests of the relay and of OFREP, whatever the outcome.',
    bounds: FLAGS_SECONDS,
  });
  readonly #epochs = new Count(this.registry, {
    name: 'halyard_log_epochs_total',
    help: 'How often the log was read from the last update of each environment: once at the start, and once for each rebuild.',
  });
  readonly #epochsLost: DeclaredCount;
  readonly #logErrors: DeclaredCount;
  readonly #log: string;

  /**
   * @param kinds all logs; their labels are present from the start
   * @param log the name of the log in use
   */
  constructor(kinds: readonly Pick<LogKind, 'operations' | 'losses'>[], log: string) {
    this.#log = log;
    this.#epochsLost = new DeclaredCount(this.registry, {
      name: 'halyard_log_epochs_lost_total',
      help: 'Why the log had to be read again from the last update of each environment. Each log has its own reasons; other is one that no log declares.',
      label: 'reason',
      declared: kinds.flatMap(({ losses }) => losses),
    });
    this.#logErrors = new DeclaredCount(this.registry, {
      name: 'halyard_log_errors_total',
      help: 'Errors with the log, by operation. Each log has its own operations; other is one that no log declares.',
      label: 'operation',
      declared: kinds.flatMap(({ operations }) => operations),
    });
  }

  tally(): Tally {
    return {
      opened: this.#opened.value,
      changes: this.#changes.sum,
      delivery: this.#latency.buckets,
      age: this.#ages.buckets,
    };
  }

  streamOpened(): void {
    this.#opened.add();
  }

  streamClosed(reason: CloseReason): void {
    this.#closed.add(reason);
  }

  streamRefused(reason: StreamRefusal): void {
    this.#refused.add(reason);
  }

  wrote(message: MessageKind, count: number): void {
    this.#httpWrites.add(message, count);
  }

  writeFailed(message: MessageKind, count: number): void {
    this.#httpErrors.add(message, count);
  }

  delivered(count: number, latencyMs: number): void {
    this.#latency.observe(latencyMs / 1000, count);
  }

  deliveredAtAge(count: number, ageMs: number): void {
    this.#ages.observe(ageMs / 1000, count);
  }

  heldBack(count: number, heldMs: number): void {
    this.#held.observe(heldMs / 1000, count);
  }

  echoed(): void {
    this.#echoes.add();
  }

  passFinished(durationMs: number): void {
    this.#passes.observe(durationMs / 1000);
  }

  changeAnswered(outcome: ChangeOutcome, durationMs: number): void {
    this.#changes.add(outcome);
    if (outcome === 'stored' || outcome === 'unavailable' || outcome === 'abandoned')
      this.#changeDuration.observe(durationMs / 1000);
  }

  webhookAnswered(outcome: WebhookOutcome): void {
    this.#webhooks.add(outcome);
    if (outcome === 'unplaced') this.#webhooksUnplaced.add();
  }

  changesMerged(count: number): void {
    this.#merged.add(count);
  }

  pendingSettled(outcome: PendingOutcome): void {
    this.#pending.add(outcome);
  }

  repairTried(outcome: RepairOutcome): void {
    this.#repairs.add(outcome);
  }

  logError(operation: string): void {
    this.#logErrors.add(operation);
    if (this.#log === ORIGINAL_LOG && isOriginal(operation)) this.#natsErrors.add(operation);
  }

  messageSkipped(reason: SkipReason): void {
    this.#skipped.add(reason);
  }

  flagsAnswered(outcome: FlagsOutcome): void {
    this.#flags.add(outcome);
  }

  flagsRequested(outcome: FlagsRequestOutcome, durationMs: number): void {
    this.#flagsRequests.add(outcome);
    this.#flagsDuration.observe(durationMs / 1000);
  }

  epochStarted(): void {
    this.#epochs.add();
  }

  epochLost(reason: string): void {
    this.#epochsLost.add(reason);
  }
}

function isOriginal(operation: string): operation is OriginalOperation {
  return Object.hasOwn(ORIGINAL_OPERATIONS, operation);
}
