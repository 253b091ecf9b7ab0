import { ConfigError, readConfig } from "./config.js";
import { run } from "./run.js";
/** The service on the in-memory log, for a look at it: `npm run dev`. What is set in the environment stays. */
const TOKEN = 'development-token';
try {
    const config = readConfig({
        UPDATE_LOG: 'memory',
        SSE_AUTHENTICATION_TOKEN: TOKEN,
        DRAIN_SECONDS: '1',
        ...process.env,
    });
    const service = await run(config);
    const stream = `http://localhost:${service.ports[0]}/sse/environments/abcxyz`;
    console.log(`
Halyard is listening, on the in-memory log. Paste this into a second terminal to subscribe:

  curl -N -i -H 'Accept: text/event-stream' ${stream}/stream

and this into a third one to publish:

  curl -X POST -H 'Authorization: Token ${config.tokens[0]}' -H 'Content-Type: application/json' -d '{"updated_at":123}' ${stream}/queue-change
`);
}
catch (error) {
    console.error(error instanceof ConfigError || error instanceof Error ? `halyard: ${error.message}` : error);
    process.exit(1);
}
//# sourceMappingURL=dev.js.map