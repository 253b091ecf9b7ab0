export type SessionState = 'streaming' | 'congested' | 'ending' | 'closed';
export type SessionEvent = (typeof EVENTS)[number];
export type SessionEffect = (typeof EFFECTS)[number];
declare const EVENTS: readonly ["update", "keepAliveDue", "congested", "drainedBehind", "drainedCurrent", "end", "giveUp", "gone", "failed"];
declare const EFFECTS: readonly ["writeUpdate", "writeKeepAlive", "noteCongestion", "rearmSocket", "endSocket", "closeSocket", "leaveChannel"];
/**
 * A subscriber's session. While the peer does not read it holds nothing: what it missed is in the channel's register.
 * A congested session that is told to end gets its last update first, if its peer reads again in time.
 */
export declare const sessionMachine: import("xstate").StateMachine<import("xstate").MachineContext, import("xstate").AnyEventObject, Record<string, import("xstate").AnyActorRef>, import("xstate").ProvidedActor, import("xstate").ParameterizedObject, import("xstate").ParameterizedObject, string, import("xstate").StateValue, string, unknown, import("xstate").NonReducibleUnknown, import("xstate").EventObject, any, any, any>;
export declare const sessionTable: import("./machine-table.ts").MachineTable<SessionState, "end" | "congested" | "failed" | "update" | "keepAliveDue" | "drainedBehind" | "drainedCurrent" | "giveUp" | "gone", "writeUpdate" | "writeKeepAlive" | "noteCongestion" | "rearmSocket" | "endSocket" | "closeSocket" | "leaveChannel">;
export {};
