import { existsSync } from 'node:fs';
import { report } from '../../infrastructure/worker-message.ts';

/**
 * A worker that reports after its primary has ended, but before it has noticed: it blocks its event loop until the
 * given file exists.
 */
const sign = process.argv[2] ?? '';
process.send?.('running');
while (!existsSync(sign));
report({ halyard: 'ready' });
