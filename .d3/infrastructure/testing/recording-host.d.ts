import type { ChannelHost, EnvironmentChannel } from '../../domain/environment-channel.ts';
import type { Update } from '../../domain/update.ts';
import { WriteTally } from '../../domain/write-tally.ts';
/** A hub that does nothing but keep what a channel asks of it, in order. */
export declare class RecordingHost implements ChannelHost {
    readonly retentionMs = 3600000;
    readonly tally: WriteTally;
    readonly calls: string[];
    /** What sockets and encoders threw. */
    readonly failures: string[];
    /** The calls since the last time. */
    take(): string[];
    encodingFailed(_update: Update, error: unknown): void;
    requestSlice(_channel: EnvironmentChannel): void;
    streamFailed(_channel: EnvironmentChannel, error: unknown): void;
    passEnded(_channel: EnvironmentChannel): void;
    sessionLeft(): void;
    emptied(_channel: EnvironmentChannel): void;
}
