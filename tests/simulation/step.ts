import type { Random } from './random.ts';

/**
 * One step of a run. Steps name instances, environments and subscribers by numbers that are taken modulo what is there,
 * so that a step still means something when others before it were left out.
 */
export interface Step {
  readonly kind: StepKind;
  /** Which instance, environment or subscriber. */
  readonly at: number;
  readonly environment: number;
  /** How many, how long, or which form: each kind says. */
  readonly amount: number;
}

export type StepKind = keyof typeof WEIGHTS;

/** How often each kind comes. The faults come last. */
const WEIGHTS = {
  turn: 30,
  tick: 14,
  publish: 22,
  subscribe: 14,
  leave: 4,
  stopReading: 6,
  readOn: 6,
  vanish: 2,
  race: 4,
  publishDirectly: 2,
  rest: 2,
  start: 4,
  outage: 2,
  outageOfAll: 1,
  restore: 4,
  rebuild: 2,
  loseDelivery: 2,
  repeatDeliveries: 2,
  replayOldEpoch: 1,
  holdDeliveries: 2,
  loseAnswer: 2,
  refuseAppends: 2,
  slowAppend: 2,
  crash: 1,
  drain: 1,
  rollBack: 0.4,
  makeAnew: 0.3,
} as const;

export const FAULTS: ReadonlySet<StepKind> = new Set<StepKind>([
  'stopReading',
  'vanish',
  'outage',
  'outageOfAll',
  'rebuild',
  'loseDelivery',
  'repeatDeliveries',
  'replayOldEpoch',
  'holdDeliveries',
  'loseAnswer',
  'refuseAppends',
  'slowAppend',
  'crash',
  'drain',
  'rollBack',
  'makeAnew',
]);

const KINDS = Object.keys(WEIGHTS) as StepKind[];
const TOTAL = Object.values(WEIGHTS).reduce<number>((sum, weight) => sum + weight, 0);

export function drawStep(random: Random): Step {
  let left = random.next() * TOTAL;
  const kind = KINDS.find((candidate) => (left -= WEIGHTS[candidate]) < 0) ?? 'turn';
  return { kind, at: random.below(1000), environment: random.below(1000), amount: random.below(1000) };
}

export function describeStep({ kind, at, environment, amount }: Step): string {
  return `${kind} at=${at} environment=${environment} amount=${amount}`;
}
