import type { LogFollower } from '../../application/ports/update-log.ts';
import type { EnvironmentId } from '../../domain/environment-id.ts';
import type { Update } from '../../domain/update.ts';
import { Patience } from './patience.ts';

export type FollowerCall =
  | { readonly kind: 'started'; readonly epoch: number; readonly keptMs: number | undefined }
  | { readonly kind: 'updated'; readonly environment: EnvironmentId; readonly update: Update; readonly epoch: number }
  | { readonly kind: 'caughtUp'; readonly epoch: number }
  | { readonly kind: 'lost'; readonly epoch: number; readonly reason: string };

/**
 * A follower that records every call of a log, waits for expected calls, and checks their order.
 *
 * ```ts
 * const follower = new RecordedFollower();
 * log.follow(follower);
 * await follower.untilCaughtUp();
 * follower.checkOrder();
 * ```
 */
export class RecordedFollower implements LogFollower {
  readonly calls: FollowerCall[] = [];
  readonly #patience: Patience;

  constructor(patience = new Patience()) {
    this.#patience = patience;
  }

  epochStarted(epoch: number, keptMs: number | undefined): void {
    this.calls.push({ kind: 'started', epoch, keptMs });
  }

  updated(environment: EnvironmentId, update: Update, epoch: number): void {
    this.calls.push({ kind: 'updated', environment, update, epoch });
  }

  caughtUp(epoch: number): void {
    this.calls.push({ kind: 'caughtUp', epoch });
  }

  epochLost(epoch: number, reason: string): void {
    this.calls.push({ kind: 'lost', epoch, reason });
  }

  updates(environment: EnvironmentId): readonly Update[] {
    return this.calls.flatMap((call) =>
      call.kind === 'updated' && call.environment === environment ? [call.update] : [],
    );
  }

  /** The values of an environment's updates, in the order in which they came. */
  values(environment: EnvironmentId): readonly string[] {
    return this.updates(environment).map((update) => update.updatedAt);
  }

  get losses(): readonly string[] {
    return this.calls.flatMap((call) => (call.kind === 'lost' ? [call.reason] : []));
  }

  get isCaughtUp(): boolean {
    const last = this.calls.findLast((call) => call.kind !== 'updated');
    return last?.kind === 'caughtUp';
  }

  untilCaughtUp(): Promise<void> {
    return this.#patience.until('the follower is caught up', () => this.isCaughtUp);
  }

  untilLast(environment: EnvironmentId, value: string): Promise<void> {
    return this.#patience.until(
      () => `the last of ${environment} is ${value}; so far: ${this.values(environment).join()}`,
      () => this.values(environment).at(-1) === value,
    );
  }

  /** @param reason undefined: any reason */
  untilLost(reason?: string): Promise<void> {
    return this.#patience.until(`an epoch is lost${reason === undefined ? '' : `: ${reason}`}`, () =>
      reason === undefined ? this.losses.length > 0 : this.losses.includes(reason),
    );
  }

  /** @throws Error if the order of calls breaks the port's contract */
  checkOrder(): void {
    let [epoch, state]: [number, 'none' | 'replaying' | 'caughtUp'] = [0, 'none'];
    // A log may number each environment separately.
    const sequences = new Map<EnvironmentId, number>();
    for (const call of this.calls) {
      const wrong = (why: string): never => {
        throw new Error(`${why}: ${JSON.stringify(call)}`);
      };
      if (call.kind === 'started') {
        if (state !== 'none' || call.epoch <= epoch) wrong('an epoch begins out of turn');
        [epoch, state] = [call.epoch, 'replaying'];
        sequences.clear();
        continue;
      }
      if (call.epoch !== epoch || state === 'none') wrong('not of the current epoch');
      if (call.kind === 'updated') {
        const { environment, update } = call;
        if (update.sequence <= (sequences.get(environment) ?? -1)) wrong('not in log order');
        sequences.set(environment, update.sequence);
      }
      if (call.kind === 'caughtUp' && state !== 'replaying') wrong('caught up twice');
      if (call.kind === 'caughtUp') state = 'caughtUp';
      if (call.kind === 'lost') state = 'none';
    }
  }
}
