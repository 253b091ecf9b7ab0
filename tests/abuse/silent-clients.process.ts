/** Opens many connections, and says nothing on any of them. */
import { connect } from 'node:net';

const [port, count] = [Number(process.argv[2]), Number(process.argv[3])];
const AT_ONCE = 200;

let begun = 0;
let settled = 0;
let closed = 0;

function openNext(): void {
  if (begun === count) return;
  begun++;
  let isSettled = false;
  const settle = (): void => {
    if (isSettled) return;
    isSettled = true;
    if (++settled === count) process.send?.('opened');
    openNext();
  };
  connect({ port, host: '127.0.0.1' })
    .once('connect', settle)
    // Refused or reset: it is closed in either case.
    .on('error', () => undefined)
    .on('close', () => {
      settle();
      if (++closed === count) process.send?.('closed');
    })
    .resume();
}

for (let opening = 0; opening < AT_ONCE; opening++) openNext();
// The parent has ended, so there is no process to report to.
process.on('disconnect', () => process.exit(0));
