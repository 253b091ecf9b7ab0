import { existsSync } from 'node:fs';
import { report } from "../../infrastructure/worker-message.js";
/**
 * A worker that reports when its primary is gone, and it has not learned that yet: no turn of its event loop comes
 * before the file that it is given is there.
 */
const sign = process.argv[2] ?? '';
process.send?.('running');
while (!existsSync(sign))
    ;
report({ halyard: 'ready' });
//# sourceMappingURL=late-report.process.js.map