import { expect } from 'chai';
import { error } from "../../../adapters/http/answer.js";
import { HeldRefusals } from "../../../adapters/http/held-refusals.js";
import { StepClock } from "../../../adapters/memory/step-clock.js";
const REFUSAL = error(503, 'too_many_subscribers', 'there is no room', [['Retry-After', '5']]);
/** A request that was refused, as far as a refusal touches it. */
class Refused {
    answer;
    leave = () => undefined;
    constructor(refusals) {
        const exchange = {
            answer: (answer) => (this.answer = answer),
            onGone: (callback) => (this.leave = callback),
        };
        refusals.refuse(exchange, REFUSAL);
    }
}
describe('Refusals that are held', () => {
    const clock = new StepClock();
    let refusals;
    beforeEach(() => (refusals = new HeldRefusals(2, clock)));
    it('are answered after five seconds, as they were given', async () => {
        const refused = new Refused(refusals);
        await clock.advance(4999);
        expect(refused.answer).to.equal(undefined);
        await clock.advance(1);
        expect(refused.answer).to.equal(REFUSAL);
    });
    it('are as many as there may be: one more is answered at once, and its connection closed', async () => {
        const held = [new Refused(refusals), new Refused(refusals)];
        expect(new Refused(refusals).answer).to.deep.equal({ ...REFUSAL, close: true });
        await clock.advance(5000);
        expect(held.map(({ answer }) => answer)).to.deep.equal([REFUSAL, REFUSAL]);
    });
    it('leave their place when they are answered, and when their client leaves, once', async () => {
        for (let round = 0; round < 3; round++) {
            const [answered, left] = [new Refused(refusals), new Refused(refusals)];
            left.leave();
            const next = new Refused(refusals);
            expect(new Refused(refusals).answer?.close).to.equal(true);
            await clock.advance(5000);
            expect([answered.answer, left.answer, next.answer]).to.deep.equal([REFUSAL, undefined, REFUSAL]);
            // Some transports say that a client is gone when its answer is.
            for (const { leave } of [answered, left, next])
                leave();
        }
    });
});
//# sourceMappingURL=held-refusals.test.js.map