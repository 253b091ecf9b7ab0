import cluster from 'node:cluster';
import { ConfigError, readConfig } from './config.ts';
import { fileLimit } from './file-limit.ts';
import { run, runWorkers } from './run.ts';

const arguments_ = process.argv.slice(2);
// The older image took the argument `serve`; deployments still pass it.
const unknown = arguments_.filter((argument, position) => !(position === 0 && argument === 'serve'));
if (unknown.length > 0) fail(`unknown argument: ${unknown.join(' ')}`);

// The addon reads this when it is loaded; its own default of 4 KB is less than browsers with cookies send.
process.env['UWS_HTTP_MAX_HEADERS_SIZE'] ??= '16384';

try {
  const config = readConfig(process.env, fileLimit());
  if (config.workers > 1 && cluster.isPrimary) await runWorkers(config);
  else await run(config);
} catch (error) {
  if (error instanceof ConfigError) fail(error.message);
  fail(error instanceof Error ? error.message : String(error));
}

function fail(message: string): never {
  process.stderr.write(`halyard: ${message}\n`);
  process.exit(1);
}
