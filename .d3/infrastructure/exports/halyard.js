export { ConfigError, readConfig } from "../config.js";
export { composeService, TOKENS } from "../container.js";
//# sourceMappingURL=halyard.js.map