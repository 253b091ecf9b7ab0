import type { ChannelHost, EnvironmentChannel, Ranking } from '../../domain/environment-channel.ts';
import type { Update } from '../../domain/update.ts';
import { WriteTally } from '../../domain/write-tally.ts';

/** A hub that only records the calls of a channel, in order. */
export class RecordingHost implements ChannelHost {
  readonly ranking: Ranking = 'greatest';
  readonly retentionMs = 3_600_000;
  readonly tally = new WriteTally();
  readonly calls: string[] = [];
  /** What sockets and encoders threw. */
  readonly failures: string[] = [];

  /** The calls since the last time. */
  take(): string[] {
    return this.calls.splice(0);
  }

  encodingFailed(_update: Update, error: unknown): void {
    this.failures.push((error as Error).message);
  }

  requestSlice(_channel: EnvironmentChannel): void {
    this.calls.push('requestSlice');
  }

  streamFailed(_channel: EnvironmentChannel, error: unknown): void {
    this.failures.push((error as Error).message);
  }

  passEnded(_channel: EnvironmentChannel): void {
    this.calls.push('passEnded');
  }

  sessionLeft(): void {
    this.calls.push('sessionLeft');
  }

  emptied(_channel: EnvironmentChannel): void {
    this.calls.push('emptied');
  }
}
