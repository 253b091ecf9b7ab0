/** `halyard/testing`: a whole service for the tests of an application, and paths for model-based tests. */
export { channelMachine, type ChannelEvent, type ChannelState } from '../../domain/environment-channel.machine.ts';
export { type SessionEvent, sessionMachine, type SessionState } from '../../domain/subscriber-session.machine.ts';
export { type ChannelPath, channelPaths, type DrivenChannel } from '../testing/driven-channel.ts';
export { type DrivenSession, type SessionPath, sessionPaths } from '../testing/driven-session.ts';
export { RecordingSocket } from '../testing/recording-socket.ts';
export type { Outage, RunningHalyard, SteppedHalyard } from '../testing/running-halyard.ts';
export { type HalyardOptions, startHalyard } from '../testing/start-halyard.ts';
