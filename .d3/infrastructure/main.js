#!/usr/bin/env node
import cluster from 'node:cluster';
import { standardOutput } from "../adapters/telemetry/standard-output.js";
import { helpText, readCommand } from "./command-line.js";
import { readConfig, readListenAddresses } from "./config.js";
import { healthcheck } from "./healthcheck.js";
import { run, runWorkers } from "./run.js";
import { version } from "./version.js";
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
            for (const [name, value] of Object.entries(config().shown))
                print(`${name}=${value}`);
            break;
        case 'healthcheck': {
            const unhealthy = await healthcheck(readListenAddresses(process.env), command.probe);
            if (unhealthy !== undefined)
                fail(unhealthy);
            break;
        }
        case 'serve': {
            const serving = config();
            if (serving.workers > 1 && cluster.isPrimary)
                await runWorkers(serving);
            else
                await run(serving);
        }
    }
}
catch (error) {
    // Why it failed may be in the log as well.
    await standardOutput.written();
    fail(error instanceof Error ? error.message : String(error));
}
function print(line) {
    process.stdout.write(`${line}\n`);
}
function fail(message) {
    process.stderr.write(`halyard: ${message}\n`);
    process.exit(1);
}
//# sourceMappingURL=main.js.map