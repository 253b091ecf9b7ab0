import { parseArgs } from 'node:util';
import { soak } from './soak.ts';

/** `npm run soak -- --minutes 60`: churn for so long, and what was left of it. */
const { values } = parseArgs({
  options: { minutes: { type: 'string', default: '60' }, clients: { type: 'string', default: '1000' } },
});
let shown = -60;
const report = await soak({
  seconds: Number(values.minutes) * 60,
  clients: Number(values.clients),
  onSample: ({ seconds, residentMb, files, subscribers }) => {
    if (seconds - shown < 60) return;
    shown = seconds;
    console.log(`${Math.round(seconds / 60)} min: ${residentMb.toFixed(0)} MB, ${files} files, ${subscribers} streams`);
  },
});
const { samples, ...figures } = report;
console.log(`${samples.length} samples`, figures);
// A socket that is half closed could keep the process; the report is written, so nothing is waited for.
process.exit(report.exitCode === 0 ? 0 : 1);
