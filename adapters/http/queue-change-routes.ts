import type { ChangeDoor } from '../../application/ports/change-door.ts';
import type { Clock } from '../../application/ports/clock.ts';
import type { Logger } from '../../application/ports/logger.ts';
import type { ChangeOutcome, Telemetry } from '../../application/ports/telemetry.ts';
import { parseEnvironmentId } from '../../domain/environment-id.ts';
import { formatUpdateMessage, MAX_MESSAGE_BYTES, parseUpdateMessage } from '../../domain/update-message.ts';
import { type Answer, error, invalidEnvironment, tooLarge } from './answer.ts';
import { enterByToken, UNAUTHORIZED } from './authorization.ts';
import { answerToChange, LOG_UNAVAILABLE } from './change-answer.ts';
import { keyIn, type PathReading } from './environment-path.ts';
import type { HttpExchange } from './exchange.ts';
import { isAnsweredByMethod } from './methods.ts';
import type { RouteGroup } from './routes.ts';

interface Ports {
  readonly door: ChangeDoor<string>;
  readonly telemetry: Telemetry;
  readonly logger: Logger;
  readonly clock: Clock;
  readonly reading: PathReading;
}

const SUFFIX = '/queue-change';
const METHODS = 'POST, OPTIONS';
const TOO_LARGE = tooLarge(MAX_MESSAGE_BYTES);

/** The endpoint at which the Flagsmith API announces that an environment changed. */
export class QueueChangeRoutes implements RouteGroup {
  readonly #ports: Ports;

  constructor(ports: Ports) {
    this.#ports = ports;
  }

  handle(exchange: HttpExchange): boolean {
    const key = keyIn(exchange.path, SUFFIX, this.#ports.reading);
    if (key === undefined) return false;
    if (!isAnsweredByMethod(exchange, METHODS)) this.#change(exchange, key);
    return true;
  }

  #change(exchange: HttpExchange, key: string): void {
    const { door, telemetry, logger, clock } = this.#ports;
    const beganMs = clock.monotonicMs();
    const answer = (outcome: ChangeOutcome, answered: Answer): void => {
      exchange.answer(answered);
      telemetry.changeAnswered(outcome, clock.monotonicMs() - beganMs);
    };
    const changes = enterByToken(exchange, logger, 'queue-change', (token) => door.enter(token));
    if (changes === undefined) return answer('unauthorized', UNAUTHORIZED);
    const environment = parseEnvironmentId(key);
    if (environment === undefined) return answer('invalid', invalidEnvironment(key));
    exchange.readBody(MAX_MESSAGE_BYTES, (body) => {
      if (body === 'too_large') return answer('too_large', TOO_LARGE);
      const updatedAt = parseUpdateMessage(body.toString());
      if (typeof updatedAt !== 'string')
        return answer('invalid', error(400, `invalid_${updatedAt.field}`, `${updatedAt.field} ${updatedAt.invalid}`));
      void changes.change(environment, updatedAt).then((outcome) => {
        if (exchange.isGone) answer('abandoned', LOG_UNAVAILABLE);
        else answer(outcome, answerToChange(outcome, formatUpdateMessage(updatedAt)));
      });
    });
  }
}
