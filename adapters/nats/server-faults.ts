/** A fault of nats-server in streams with replicas, and the release that fixed it. */
interface ServerFault {
  readonly mendedIn: readonly [major: number, minor: number, patch: number];
  /** In words for the operator. */
  readonly fault: string;
}

/**
 * Known faults of writes that name the message to replace, by which a late append avoids undoing anything newer. The
 * releases are the first tags of nats-server that contain the fix; docs/nats.md has the sources. A single server has
 * none of these faults.
 */
const FAULTS: readonly ServerFault[] = [
  { mendedIn: [2, 9, 21], fault: 'two writes that expect the same sequence may both be stored' },
  { mendedIn: [2, 10, 19], fault: 'writes that expect no earlier message may be stored on some replicas only' },
  { mendedIn: [2, 11, 0], fault: 'a replica that is restarted may store a write that the others refused' },
];

/** The first release of nats-server without a known fault of this kind. */
export const SOUND_SERVER = '2.11.0';

/**
 * What is wrong with streams on several nodes of this version. Nothing is known about a version that cannot be read.
 */
export function replicaFaults(version: string): readonly string[] {
  const match = /^v?(\d+)\.(\d+)\.(\d+)/.exec(version);
  if (match === null) return [];
  const have = match.slice(1, 4).map(Number);
  return FAULTS.filter(({ mendedIn }) => isBefore(have, mendedIn)).map(({ fault }) => fault);
}

function isBefore(version: readonly number[], other: readonly number[]): boolean {
  for (const [index, part] of other.entries()) {
    const own = version[index] ?? 0;
    if (own !== part) return own < part;
  }
  return false;
}
