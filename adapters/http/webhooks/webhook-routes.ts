import type { ChangeDoor } from '../../../application/ports/change-door.ts';
import type { Changes } from '../../../application/ports/changes.ts';
import type { Logger } from '../../../application/ports/logger.ts';
import type { Telemetry, WebhookOutcome } from '../../../application/ports/telemetry.ts';
import { type Answer, error, json, tooLarge } from '../answer.ts';
import { BodyReader } from '../body-reader.ts';
import { answerToChange, LOG_UNAVAILABLE } from '../change-answer.ts';
import type { HttpExchange } from '../exchange.ts';
import { isAnsweredByMethod } from '../methods.ts';
import type { RouteGroup } from '../routes.ts';
import { type FlagsmithEvent, readFlagsmithEvent } from './flagsmith-event.ts';
import { KnownEnvironments } from './known-environments.ts';
import type { SignedBody } from './signature-door.ts';
import { WebhookIntake } from './webhook-intake.ts';
import type { WebhookSettings } from './webhook-settings.ts';

interface Ports {
  readonly door: ChangeDoor<SignedBody>;
  readonly telemetry: Telemetry;
  readonly logger: Logger;
}

const PATH = '/webhooks/flagsmith';
const METHODS = 'POST, OPTIONS';
const SIGNATURE_HEADER = 'x-flagsmith-signature';
/** Many times what Flagsmith sends; a body is kept until its signature can be checked. */
const MAX_BODY_BYTES = 262_144;
/** Over all listeners of the process: strangers can make it keep this many bodies, 16 MB, and no more. */
const MAX_BODIES = 64;
const TOO_LARGE = tooLarge(MAX_BODY_BYTES);
const BUSY = error(503, 'too_many_webhooks', 'this instance is already reading as many webhooks as it allows', [
  ['Retry-After', '1'],
]);
const UNSIGNED = error(
  401,
  'unauthorized',
  'send the header "X-Flagsmith-Signature" with the HMAC-SHA256 of the body by the shared secret',
  [['WWW-Authenticate', 'Signature']],
);
const NOTHING_ANNOUNCED = json('{"announced":0}');

/** The endpoint of webhooks, if a secret is set for it. */
export function webhookRoutes({ secrets, environments }: WebhookSettings, ports: Ports): readonly RouteGroup[] {
  if (secrets.length === 0) return [];
  if (environments.size === 0)
    ports.logger.warn('webhook_environments_not_given', { remedy: 'set WEBHOOK_ENVIRONMENTS' });
  return [new WebhookRoutes(new WebhookIntake(new KnownEnvironments(environments)), ports)];
}

/** The endpoint for Flagsmith's webhooks. It is open to strangers, and trusts only a signature. */
class WebhookRoutes implements RouteGroup {
  readonly #intake: WebhookIntake;
  readonly #ports: Ports;
  readonly #bodies = new BodyReader(MAX_BODIES, MAX_BODY_BYTES);

  constructor(intake: WebhookIntake, ports: Ports) {
    this.#intake = intake;
    this.#ports = ports;
  }

  handle(exchange: HttpExchange): boolean {
    if (exchange.path !== PATH) return false;
    if (!isAnsweredByMethod(exchange, METHODS)) this.#read(exchange);
    return true;
  }

  #read(exchange: HttpExchange): void {
    // All of its lines: two signatures are invalid.
    const signature = exchange.headerLines(SIGNATURE_HEADER);
    const isRead = this.#bodies.read(exchange, (body) => {
      if (body === 'too_large') this.#answer(exchange, 'too_large', TOO_LARGE);
      else this.#enter(exchange, body, signature);
    });
    if (!isRead) this.#answer(exchange, 'busy', BUSY);
  }

  #enter(exchange: HttpExchange, body: Buffer, signature: string): void {
    const changes = this.#ports.door.enter({ body, signature });
    if (changes === undefined) return this.#reject(exchange, signature);
    const event = readFlagsmithEvent(body.toString());
    if (event === 'ignored') return this.#answer(exchange, 'ignored', NOTHING_ANNOUNCED);
    if ('invalid' in event) return this.#answer(exchange, 'invalid', error(400, 'invalid_body', event.invalid));
    void this.#announce(exchange, changes, event, signature);
  }

  /** Says why in the log, at a bounded rate and without what was presented. */
  #reject(exchange: HttpExchange, signature: string): void {
    this.#ports.logger.warn('signature_rejected', { reason: signature === '' ? 'no_signature' : 'wrong_signature' });
    this.#answer(exchange, 'unauthorized', UNSIGNED);
  }

  async #announce(exchange: HttpExchange, changes: Changes, event: FlagsmithEvent, signature: string): Promise<void> {
    const { outcome, environments } = await this.#intake.take(changes, event, signature);
    if (outcome === 'unplaced')
      this.#ports.logger.warn('webhook_unplaced', { project: event.project, environment: event.environment?.number });
    if (exchange.isGone) return void this.#answer(exchange, 'abandoned', LOG_UNAVAILABLE);
    const settled = outcome === 'unavailable' ? 'unavailable' : 'stored';
    this.#answer(exchange, outcome, answerToChange(settled, `{"announced":${environments}}`));
  }

  #answer(exchange: HttpExchange, outcome: WebhookOutcome, answer: Answer): void {
    exchange.answer(answer);
    this.#ports.telemetry.webhookAnswered(outcome);
  }
}
