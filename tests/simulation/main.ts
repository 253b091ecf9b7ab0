import { parseArgs } from 'node:util';
import { simulate } from './simulate.ts';

/** `npm run simulate -- --seed 1 --steps 1000000`: the last line is a digest of the run. */
const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: '1' },
    steps: { type: 'string', default: '200000' },
    help: { type: 'boolean', default: false },
  },
});
if (values.help) {
  console.log('Usage: npm run simulate -- [--seed <whole number, 1>] [--steps <whole number, 200000>]');
  process.exit();
}
const [seed, steps] = [Number(values.seed), Number(values.steps)];
if (!Number.isSafeInteger(seed) || !Number.isSafeInteger(steps) || steps < 1) {
  console.error('--seed and --steps are whole numbers, and there is at least one step');
  process.exit(2);
}

const beganMs = performance.now();
let shown = 0;
const onProgress = (done: number): void => {
  if (done - shown < 100_000) return;
  shown = done;
  console.log(`${done} of ${steps} steps, ${((performance.now() - beganMs) / 1000).toFixed(1)} s`);
};
try {
  const digest = await simulate({ seed, steps, onProgress });
  console.log(`seed ${seed}, ${steps} steps, ${((performance.now() - beganMs) / 1000).toFixed(1)} s: all holds`);
  console.log(digest);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
}
