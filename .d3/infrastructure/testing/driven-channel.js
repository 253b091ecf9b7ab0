var _a;
import { EnvironmentChannel } from "../../domain/environment-channel.js";
import { channelMachine, channelTable, } from "../../domain/environment-channel.machine.js";
import { storedUpdate } from "../../domain/update.js";
import { machinePaths } from "./machine-paths.js";
import { RecordingEncoder } from "./recording-encoder.js";
import { RecordingHost } from "./recording-host.js";
import { RecordingSocket } from "./recording-socket.js";
/**
 * Every event in every state of an environment's channel, for a test of each over the real actor.
 *
 * ```ts
 * for (const path of channelPaths())
 *   it(path.title, () => {
 *     const driven = path.drive();
 *     driven.cause(path.event);
 *     assert.equal(driven.channel.state, path.next);
 *   });
 * ```
 *
 * @throws Error where a state cannot be reached: there are never fewer paths than states times events
 */
export function channelPaths() {
    return machinePaths(channelMachine, channelTable).map((path) => ({
        ...path,
        drive: () => {
            const driven = new DrivenChannel();
            for (const event of path.way)
                driven.cause(event);
            driven.effects();
            return driven;
        },
    }));
}
/** A real channel with its host and the recording sockets of its sessions, in the order in which they joined. */
export class DrivenChannel {
    static now = { epochMs: 1_733_480_000_000, monotonicMs: 0 };
    host = new RecordingHost();
    encoder = new RecordingEncoder();
    channel = new EnvironmentChannel('production', this.host);
    sockets = [];
    sessions = [];
    #sequence = 0;
    join(resumeFrom) {
        const socket = new RecordingSocket();
        this.sockets.push(socket);
        const joining = { encoder: this.encoder, resumeFrom, endsAtMs: Infinity };
        this.sessions.push(this.channel.join(socket, joining, _a.now));
        return socket;
    }
    leave(position) {
        this.sessions.splice(position, 1)[0]?.gone(0);
    }
    /** Takes the next update of epoch 1, stored now. */
    update(updatedAt) {
        const update = storedUpdate(++this.#sequence, updatedAt, _a.now.epochMs);
        this.channel.take(update, 1, _a.now);
    }
    /** Runs the pass to its end. */
    pass() {
        while (this.channel.spread(1000, 0) === 'more')
            ;
    }
    /** What was asked of the host and of the sockets since the last time: the host's calls first. */
    effects() {
        return [...this.host.take(), ...this.sockets.flatMap((socket) => socket.take())];
    }
    /** Brings an event about by what really causes it, as far as anything can in this state. */
    cause(event) {
        switch (event) {
            case 'joined':
                this.join();
                return;
            case 'left':
                if (this.channel.state === 'empty')
                    return this.#leaveAsAStranger();
                // Joining does not change a state that has sessions, and one that stays makes this no last leave.
                this.join();
                this.effects();
                return this.leave(0);
            case 'lastLeft':
                if (this.channel.state === 'empty')
                    return this.#leaveAsAStranger();
                while (this.channel.sessions.size > 1)
                    this.leave(0);
                this.effects();
                return this.leave(0);
            case 'updated':
                return this.update('123');
            case 'sliceDone':
                // One more session than the slice visits, where there is a pass.
                if (this.channel.state === 'spreading')
                    this.join();
                this.effects();
                this.channel.spread(1, 0);
                return;
            case 'passDone':
                this.channel.spread(1000, 0);
                return;
        }
    }
    /** A channel without sessions has none that could leave; what it can meet is one that is not on its roster. */
    #leaveAsAStranger() {
        const stranger = new EnvironmentChannel(this.channel.environment, new RecordingHost());
        this.channel.leave(stranger.join(new RecordingSocket(), { encoder: this.encoder, endsAtMs: Infinity }, _a.now));
    }
}
_a = DrivenChannel;
//# sourceMappingURL=driven-channel.js.map