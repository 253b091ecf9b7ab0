#!/usr/bin/env node
import cluster from 'node:cluster';
import { standardOutput } from '../adapters/telemetry/standard-output.ts';
import { helpText, readCommand } from './command-line.ts';
import { readConfig, readListenAddresses } from './config.ts';
import { healthcheck } from './healthcheck.ts';
import { run, runWorkers } from './run.ts';
import { version } from './version.ts';

try {
  const command = readCommand(process.argv.slice(2));
  const config = () => readConfig(process.env);
  switch (command.kind) {
    case 'mistake':
      fail(command.message);
      break;
    case 'help':
      print(helpText());
      break;
    case 'version':
      print(version());
      break;
    case 'check-config':
      for (const [name, value] of Object.entries(config().shown)) print(`${name}=${value}`);
      break;
    case 'healthcheck': {
      const unhealthy = await healthcheck(readListenAddresses(process.env), command.probe);
      if (unhealthy !== undefined) fail(unhealthy);
      break;
    }
    case 'tool': {
      const { tool, args } = command;
      process.exitCode = await tool.run(args, { environment: process.env, print, warn, aborted: abortedOnSignals() });
      break;
    }
    case 'serve': {
      const serving = config();
      if (serving.workers > 1 && cluster.isPrimary) await runWorkers(serving);
      else await run(serving);
    }
  }
} catch (error) {
  // Why it failed may be in the log as well.
  await standardOutput.written();
  fail(error instanceof Error ? error.message : String(error));
}

function print(line: string): void {
  // Not for a service: to look at `process.stdout` would change the descriptor that its log lines are written to.
  if (process.stdout.listenerCount('error') === 0) process.stdout.on('error', outputFailed);
  process.stdout.write(`${line}\n`);
}

/** A reader that goes away, as that of `halyard --help | head` does, has what it wants: that is no failure. */
function outputFailed(error: NodeJS.ErrnoException): void {
  if (error.code === 'EPIPE') process.exit();
  fail(`the output cannot be written: ${error.message}`);
}

function warn(line: string): void {
  process.stderr.write(`halyard: ${line}\n`);
}

function abortedOnSignals(): AbortSignal {
  const controller = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => controller.abort());
  return controller.signal;
}

function fail(message: string): never {
  process.stderr.write(`halyard: ${message}\n`);
  process.exit(1);
}
