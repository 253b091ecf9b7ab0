import type { WriteOutcome } from './subscriber-socket.ts';

/** Counts writes as they happen, so that telemetry is called once a slice and not once a delivery. */
export class WriteTally {
  updates = 0;
  keepAlives = 0;
  failedUpdates = 0;
  failedKeepAlives = 0;

  count(message: 'data' | 'keepalive', outcome: WriteOutcome): void {
    if (message === 'data') {
      if (outcome === 'closed') this.failedUpdates++;
      else this.updates++;
    } else if (outcome === 'closed') this.failedKeepAlives++;
    else this.keepAlives++;
  }

  reset(): void {
    this.updates = this.keepAlives = this.failedUpdates = this.failedKeepAlives = 0;
  }
}
