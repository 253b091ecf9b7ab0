import { error, json, tooLarge } from "../answer.js";
import { answerToChange, LOG_UNAVAILABLE } from "../change-answer.js";
import { isAnsweredByMethod } from "../methods.js";
import { readFlagsmithEvent } from "./flagsmith-event.js";
import { KnownEnvironments } from "./known-environments.js";
import { WebhookIntake } from "./webhook-intake.js";
const PATH = '/webhooks/flagsmith';
const METHODS = 'POST, OPTIONS';
const SIGNATURE_HEADER = 'x-flagsmith-signature';
/** Many times what Flagsmith sends; a body is kept until its signature can be checked. */
const MAX_BODY_BYTES = 262_144;
/** Over all listeners of the process: strangers can make it keep this many bodies, 16 MB, and no more. */
const MAX_BODIES = 64;
const TOO_LARGE = tooLarge(MAX_BODY_BYTES);
const BUSY = error(503, 'too_many_webhooks', 'this instance reads as many webhooks at a time as it may', [
    ['Retry-After', '1'],
]);
const UNSIGNED = error(401, 'unauthorized', 'send the header "X-Flagsmith-Signature" with the HMAC-SHA256 of the body by the shared secret', [['WWW-Authenticate', 'Signature']]);
const NOTHING_ANNOUNCED = json('{"announced":0}');
/** The endpoint of webhooks, where there is a secret for it. */
export function webhookRoutes({ secrets, environments }, ports) {
    if (secrets.length === 0)
        return [];
    if (environments.size === 0)
        ports.logger.warn('webhook_environments_not_given', { remedy: 'set WEBHOOK_ENVIRONMENTS' });
    return [new WebhookRoutes(new WebhookIntake(new KnownEnvironments(environments)), ports)];
}
/** Where Flagsmith's webhooks say that something changed. It is open to strangers, and a signature is all it goes by. */
class WebhookRoutes {
    #intake;
    #ports;
    /** Those whose body is being read. */
    #reading = new Set();
    constructor(intake, ports) {
        this.#intake = intake;
        this.#ports = ports;
    }
    handle(exchange) {
        if (exchange.path !== PATH)
            return false;
        if (!isAnsweredByMethod(exchange, METHODS))
            this.#read(exchange);
        return true;
    }
    #read(exchange) {
        if (this.#reading.size >= MAX_BODIES)
            return this.#answer(exchange, 'busy', BUSY);
        // All of its lines: two signatures are none.
        const signature = exchange.headerLines(SIGNATURE_HEADER);
        this.#reading.add(exchange);
        exchange.onGone(() => void this.#reading.delete(exchange));
        exchange.readBody(MAX_BODY_BYTES, (body) => {
            this.#reading.delete(exchange);
            if (body === 'too_large')
                this.#answer(exchange, 'too_large', TOO_LARGE);
            else
                this.#enter(exchange, body, signature);
        });
    }
    #enter(exchange, body, signature) {
        const changes = this.#ports.door.enter({ body, signature });
        if (changes === undefined)
            return this.#reject(exchange, signature);
        const event = readFlagsmithEvent(body.toString());
        if (event === 'ignored')
            return this.#answer(exchange, 'ignored', NOTHING_ANNOUNCED);
        if ('invalid' in event)
            return this.#answer(exchange, 'invalid', error(400, 'invalid_body', event.invalid));
        void this.#announce(exchange, changes, event, signature);
    }
    /** Says why in the log, at a bounded rate and without what was presented. */
    #reject(exchange, signature) {
        this.#ports.logger.warn('signature_rejected', { reason: signature === '' ? 'no_signature' : 'wrong_signature' });
        this.#answer(exchange, 'unauthorized', UNSIGNED);
    }
    async #announce(exchange, changes, event, signature) {
        const { outcome, environments } = await this.#intake.take(changes, event, signature);
        if (outcome === 'unplaced')
            this.#ports.logger.warn('webhook_unplaced', { project: event.project, environment: event.environment?.number });
        if (exchange.isGone)
            return this.#answer(exchange, 'abandoned', LOG_UNAVAILABLE);
        const settled = outcome === 'unavailable' ? 'unavailable' : 'stored';
        this.#answer(exchange, outcome, answerToChange(settled, `{"announced":${environments}}`));
    }
    #answer(exchange, outcome, answer) {
        exchange.answer(answer);
        this.#ports.telemetry.webhookAnswered(outcome);
    }
}
//# sourceMappingURL=webhook-routes.js.map