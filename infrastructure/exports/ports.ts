/** `halyard/ports`: what an adapter implements and calls, and the domain's values that these mention. */
export { messageOf } from '../../application/ports/message-of.ts';
export { readStoredMessage, type Unreadable } from '../../adapters/common/stored-message.ts';
export type * from '../../application/ports/change-door.ts';
export type * from '../../application/ports/changes.ts';
export type * from '../../application/ports/clock.ts';
export type * from '../../application/ports/environment-report.ts';
export type * from '../../application/ports/evaluations.ts';
export type * from '../../application/ports/flags.ts';
export type * from '../../application/ports/flagsmith-api.ts';
export type * from '../../application/ports/health-report.ts';
export type * from '../../application/ports/http-listener.ts';
export type * from '../../application/ports/instance-overview.ts';
export type * from '../../application/ports/logger.ts';
export type * from '../../application/ports/metrics-page.ts';
export type * from '../../application/ports/newest-ids.ts';
export type * from '../../application/ports/samples.ts';
export type * from '../../application/ports/served-certificate.ts';
export type * from '../../application/ports/streams.ts';
export type * from '../../application/ports/tallies.ts';
export type * from '../../application/ports/telemetry.ts';
export type * from '../../application/ports/token-check.ts';
export type * from '../../application/ports/update-log.ts';
export type * from '../../application/ports/gauges.ts';
export { type EnvironmentId, parseEnvironmentId } from '../../domain/environment-id.ts';
export type { EventEncoder } from '../../domain/event-encoder.ts';
export type { CloseReason } from '../../domain/subscriber-session.ts';
export type { Frame, SubscriberSocket, WriteOutcome } from '../../domain/subscriber-socket.ts';
export { eventId, storedUpdate, type Update } from '../../domain/update.ts';
export {
  formatUpdateMessage,
  type InvalidMessage,
  MAX_MESSAGE_BYTES,
  parseUpdateMessage,
} from '../../domain/update-message.ts';
export { type Invalid, parseUpdatedAt, type UpdatedAt } from '../../domain/updated-at.ts';
