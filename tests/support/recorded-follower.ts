import type { EpochLoss, LogFollower } from '../../application/ports/update-log.ts';
import type { EnvironmentId } from '../../domain/environment-id.ts';
import type { Update } from '../../domain/update.ts';
import { eventually } from './eventually.ts';

export type Told =
  | { readonly kind: 'started'; readonly epoch: number; readonly keptMs: number | undefined }
  | { readonly kind: 'updated'; readonly environment: EnvironmentId; readonly update: Update; readonly epoch: number }
  | { readonly kind: 'caughtUp'; readonly epoch: number }
  | { readonly kind: 'lost'; readonly epoch: number; readonly reason: EpochLoss };

/** Writes down what a log tells, and knows what it may tell. */
export class RecordedFollower implements LogFollower {
  readonly told: Told[] = [];

  epochStarted(epoch: number, keptMs: number | undefined): void {
    this.told.push({ kind: 'started', epoch, keptMs });
  }

  updated(environment: EnvironmentId, update: Update, epoch: number): void {
    this.told.push({ kind: 'updated', environment, update, epoch });
  }

  caughtUp(epoch: number): void {
    this.told.push({ kind: 'caughtUp', epoch });
  }

  epochLost(epoch: number, reason: EpochLoss): void {
    this.told.push({ kind: 'lost', epoch, reason });
  }

  updates(environment: EnvironmentId): readonly Update[] {
    return this.told.flatMap((told) =>
      told.kind === 'updated' && told.environment === environment ? [told.update] : [],
    );
  }

  /** The values of an environment's updates, in the order in which they came. */
  values(environment: EnvironmentId): readonly string[] {
    return this.updates(environment).map((update) => update.updatedAt);
  }

  get losses(): readonly EpochLoss[] {
    return this.told.flatMap((told) => (told.kind === 'lost' ? [told.reason] : []));
  }

  get isCaughtUp(): boolean {
    const last = this.told.findLast((told) => told.kind !== 'updated');
    return last?.kind === 'caughtUp';
  }

  untilCaughtUp(): Promise<void> {
    return eventually('the follower is caught up', () => this.isCaughtUp);
  }

  untilLast(environment: EnvironmentId, value: string): Promise<void> {
    return eventually(`the last of ${environment} is ${value}`, () => this.values(environment).at(-1) === value);
  }

  untilLost(reason: EpochLoss): Promise<void> {
    return eventually(`an epoch is lost: ${reason}`, () => this.losses.includes(reason));
  }

  /** @throws Error where the order of calls is not the port's */
  checkOrder(): void {
    let [epoch, state]: [number, 'none' | 'replaying' | 'caughtUp'] = [0, 'none'];
    let sequence = -1;
    for (const told of this.told) {
      const wrong = (why: string): never => {
        throw new Error(`${why}: ${JSON.stringify(told)}`);
      };
      if (told.kind === 'started') {
        if (state !== 'none' || told.epoch <= epoch) wrong('an epoch begins out of turn');
        [epoch, state, sequence] = [told.epoch, 'replaying', -1];
        continue;
      }
      if (told.epoch !== epoch || state === 'none') wrong('not of the epoch that is on');
      if (told.kind === 'updated' && told.update.sequence <= sequence) wrong('not in log order');
      if (told.kind === 'updated') sequence = told.update.sequence;
      if (told.kind === 'caughtUp' && state !== 'replaying') wrong('caught up twice');
      if (told.kind === 'caughtUp') state = 'caughtUp';
      if (told.kind === 'lost') state = 'none';
    }
  }
}
