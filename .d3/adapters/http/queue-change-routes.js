import { parseEnvironmentId } from "../../domain/environment-id.js";
import { formatUpdateMessage, MAX_MESSAGE_BYTES, parseUpdateMessage } from "../../domain/update-message.js";
import { error, invalidEnvironment, tooLarge } from "./answer.js";
import { enterByToken, UNAUTHORIZED } from "./authorization.js";
import { answerToChange, LOG_UNAVAILABLE } from "./change-answer.js";
import { keyIn } from "./environment-path.js";
import { isAnsweredByMethod } from "./methods.js";
const SUFFIX = '/queue-change';
const METHODS = 'POST, OPTIONS';
const TOO_LARGE = tooLarge(MAX_MESSAGE_BYTES);
/** Where the Flagsmith API announces that an environment changed. */
export class QueueChangeRoutes {
    #ports;
    constructor(ports) {
        this.#ports = ports;
    }
    handle(exchange) {
        const key = keyIn(exchange.path, SUFFIX);
        if (key === undefined)
            return false;
        if (!isAnsweredByMethod(exchange, METHODS))
            this.#change(exchange, key);
        return true;
    }
    #change(exchange, key) {
        const { door, telemetry, logger, clock } = this.#ports;
        const beganMs = clock.monotonicMs();
        const answer = (outcome, answered) => {
            exchange.answer(answered);
            telemetry.changeAnswered(outcome, clock.monotonicMs() - beganMs);
        };
        const changes = enterByToken(exchange, logger, 'queue-change', (token) => door.enter(token));
        if (changes === undefined)
            return answer('unauthorized', UNAUTHORIZED);
        const environment = parseEnvironmentId(key);
        if (environment === undefined)
            return answer('invalid', invalidEnvironment(key));
        exchange.readBody(MAX_MESSAGE_BYTES, (body) => {
            if (body === 'too_large')
                return answer('too_large', TOO_LARGE);
            const updatedAt = parseUpdateMessage(body.toString());
            if (typeof updatedAt !== 'string')
                return answer('invalid', error(400, `invalid_${updatedAt.field}`, `${updatedAt.field} ${updatedAt.invalid}`));
            void changes.change(environment, updatedAt).then((outcome) => {
                if (exchange.isGone)
                    answer('abandoned', LOG_UNAVAILABLE);
                else
                    answer(outcome, answerToChange(outcome, formatUpdateMessage(updatedAt)));
            });
        });
    }
}
//# sourceMappingURL=queue-change-routes.js.map