import { Patience } from "../../infrastructure/contract/patience.js";
/** For a machine that is busy with other runs. */
const CEILING_MS = 60_000;
/**
 * Waits until the condition holds. The ceiling is generous: it is for what never comes, not for measuring.
 *
 * @param what the condition in words; a function where they depend on how far it came
 */
export function eventually(what, holds, ceilingMs = CEILING_MS) {
    return new Patience(ceilingMs).until(what, holds);
}
//# sourceMappingURL=eventually.js.map