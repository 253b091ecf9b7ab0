import pretty from 'pino-pretty';
import type { DestinationStream } from 'pino';
import type { Logger } from '../application/ports/logger.ts';
import { PinoLogger } from '../adapters/telemetry/pino-logger.ts';
import { type Config, ConfigError, readConfig } from './config.ts';
import { TOKENS } from './container.ts';
import { run } from './run.ts';

/** The service on the in-memory log, to try it out: `npm run dev`. Variables that are set keep their values. */
const DEFAULTS = {
  UPDATE_LOG: 'memory',
  SSE_AUTHENTICATION_TOKEN: 'development-token',
  DRAIN_SECONDS: '1',
  LOG_LEVEL: 'debug',
  CONSOLE: 'on',
};

function instructions({ tokens }: Config, port: number): string {
  const stream = `http://localhost:${port}/sse/environments/abcxyz`;
  return `
Halyard is listening, on the in-memory log. Paste this into a second terminal to subscribe:

  curl -N -i -H 'Accept: text/event-stream' ${stream}/stream

and this into a third one to publish:

  curl -X POST -H 'Authorization: Token ${tokens[0]}' -H 'Content-Type: application/json' -d '{"updated_at":123}' ${stream}/queue-change

Or do both in a browser, with the token ${tokens[0]}: http://localhost:${port}/console
`;
}

/** Log lines for people: the time, the event, and its fields. Updates are highlighted. */
function readableLines(): DestinationStream {
  return pretty({
    colorize: process.stdout.isTTY,
    messageKey: 'event',
    translateTime: 'SYS:HH:MM:ss.l',
    singleLine: true,
    // The configuration is in the environment, and on the screen already.
    ignore: 'configuration,updatedAt,streams',
    sync: true,
    messageFormat: (line, key, _label, { colors }) =>
      line[key] === 'update_received'
        ? colors.green(`update ${String(line['updatedAt'])} for ${String(line['streams'])} streams`)
        : String(line[key]),
  });
}

/** Holds lines back until what is printed first has been printed. */
class WaitingLines implements DestinationStream {
  readonly #destination: DestinationStream;
  #waiting: string[] | undefined = [];

  constructor(destination: DestinationStream) {
    this.#destination = destination;
  }

  write(line: string): void {
    if (this.#waiting === undefined) this.#destination.write(line);
    else this.#waiting.push(line);
  }

  release(): void {
    const lines = this.#waiting ?? [];
    this.#waiting = undefined;
    for (const line of lines) this.#destination.write(line);
  }
}

try {
  const config = readConfig({ ...DEFAULTS, ...process.env });
  const terminal = new WaitingLines(readableLines());
  const service = await run(config, (container) => {
    container
      .rebind(TOKENS.lineOutput)
      .toResolvedValue((clock): Logger => new PinoLogger({ level: config.logLevel }, clock, terminal), [TOKENS.clock]);
  });
  console.log(instructions(config, service.ports[0] ?? 0));
  terminal.release();
} catch (error) {
  console.error(error instanceof ConfigError || error instanceof Error ? `halyard: ${error.message}` : error);
  process.exit(1);
}
