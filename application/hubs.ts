import type { EnvironmentChannel } from '../domain/environment-channel.ts';
import type { EnvironmentId } from '../domain/environment-id.ts';
import type { SubscriberSession } from '../domain/subscriber-session.ts';
import type { Hub } from './hub.ts';

/** The hubs of an instance: whatever counts, visits or ends streams does so in all of them. */
export class Hubs {
  readonly each: readonly Hub[];

  /** @param each beginning with the one that has a channel for every update */
  constructor(...each: readonly Hub[]) {
    this.each = each;
  }

  get subscribers(): number {
    return this.each.reduce((sum, hub) => sum + hub.subscribers, 0);
  }

  /** How many channels have a pass in progress. */
  get passes(): number {
    return this.each.reduce((sum, hub) => sum + hub.passes, 0);
  }

  /** How many channels there are: an environment has one in each hub that holds something for it. */
  get channels(): number {
    return this.each.reduce((sum, hub) => sum + hub.channels.size, 0);
  }

  /** The channels of one environment. */
  channelsOf(environment: EnvironmentId): readonly EnvironmentChannel[] {
    return this.each.flatMap((hub) => hub.channels.get(environment) ?? []);
  }

  /** How many streams one environment has. */
  streamsOf(environment: EnvironmentId): number {
    return this.each.reduce((sum, hub) => sum + (hub.channels.get(environment)?.sessions.size ?? 0), 0);
  }

  /** Every environment that has a channel. Channels may come and go meanwhile. */
  *environments(): Generator<EnvironmentId, undefined> {
    for (const [position, hub] of this.each.entries())
      for (const environment of hub.channels.keys())
        if (!this.each.slice(0, position).some((earlier) => earlier.channels.has(environment))) yield environment;
  }

  /** Every session. Others may join or leave meanwhile; one that stays is visited. */
  *sessions(): Generator<SubscriberSession, undefined> {
    for (const hub of this.each) yield* hub.sessions();
  }

  flushTally(): void {
    for (const hub of this.each) hub.flushTally();
  }
}
