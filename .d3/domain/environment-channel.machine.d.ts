export type ChannelState = 'empty' | 'quiet' | 'spreading';
export type ChannelEvent = (typeof EVENTS)[number];
export type ChannelEffect = (typeof EFFECTS)[number];
declare const EVENTS: readonly ["joined", "left", "lastLeft", "updated", "sliceDone", "passDone"];
declare const EFFECTS: readonly ["beginPass", "requestSlice", "endPass", "reportEmpty"];
/**
 * The channel of an environment. Quiet means that no session waits for the channel: one that is congested catches up
 * by itself when its peer reads again. An update that comes during a pass needs no transition of its own: the sessions
 * that were not reached yet hear it directly, and the pass goes round once more for the others.
 */
export declare const channelMachine: import("xstate").StateMachine<import("xstate").MachineContext, import("xstate").AnyEventObject, Record<string, import("xstate").AnyActorRef>, import("xstate").ProvidedActor, import("xstate").ParameterizedObject, import("xstate").ParameterizedObject, string, import("xstate").StateValue, string, unknown, import("xstate").NonReducibleUnknown, import("xstate").EventObject, any, any, any>;
export declare const channelTable: import("./machine-table.ts").MachineTable<ChannelState, "updated" | "joined" | "left" | "lastLeft" | "sliceDone" | "passDone", "beginPass" | "requestSlice" | "endPass" | "reportEmpty">;
export {};
