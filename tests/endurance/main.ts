import { parseArgs } from 'node:util';
import { NatsServer } from '../support/servers/nats-server.ts';
import { isAnythingLeft, soak } from './soak.ts';

/** `npm run soak -- --minutes 60`: churn and faults for this long, and what they left behind. */
const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '60' },
    clients: { type: 'string', default: '1000' },
    help: { type: 'boolean', default: false },
  },
});
if (values.help) {
  console.log('Usage: npm run soak -- [--minutes <number, 60>] [--clients <whole number, 1000>]');
  process.exit();
}
const nats = await NatsServer.start();
let shown = -60;
const report = await soak({
  seconds: Number(values.minutes) * 60,
  clients: Number(values.clients),
  faults: { nats, everySeconds: 30 },
  onSample: ({ seconds, residentMb, heapMb, files, subscribers }) => {
    if (seconds - shown < 60) return;
    shown = seconds;
    const memory = `${residentMb.toFixed(0)} MB resident, ${heapMb.toFixed(0)} MB heap`;
    console.log(`${Math.round(seconds / 60)} min: ${memory}, ${files} files, ${subscribers} streams`);
  },
});
await nats.close();
const { samples, ...figures } = report;
console.log(`${samples.length} samples`, figures);
// A half-closed socket could keep the process alive; the report is written, so nothing else matters.
process.exit(report.exitCode === 0 && !isAnythingLeft(report) ? 0 : 1);
