/** `halyard/testing`: a whole service for the tests of an application, and paths for model-based tests. */
export { channelMachine } from "../../domain/environment-channel.machine.js";
export { sessionMachine } from "../../domain/subscriber-session.machine.js";
export { channelPaths } from "../testing/driven-channel.js";
export { sessionPaths } from "../testing/driven-session.js";
export { RecordingSocket } from "../testing/recording-socket.js";
export { startHalyard } from "../testing/start-halyard.js";
//# sourceMappingURL=testing.js.map