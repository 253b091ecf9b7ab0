const PREFIX = '/sse/environments/';

/** How the paths of environments are read. */
export interface PathReading {
  /** Whether consecutive slashes count as one: a base URL that ends with a slash leads to such paths. */
  readonly mergesSlashes: boolean;
}

const AS_SENT: PathReading = { mergesSlashes: false };

/** The one path segment between the prefix and the suffix, or undefined for another path. */
export function keyIn(path: string, suffix: string, reading = AS_SENT, prefix = PREFIX): string | undefined {
  const key = segmentBetween(path, prefix, suffix);
  return key === undefined && reading.mergesSlashes ? segmentBetween(merged(path), prefix, suffix) : key;
}

/** The path as it is read. */
export function pathAsRead(path: string, { mergesSlashes }: PathReading): string {
  return mergesSlashes ? merged(path) : path;
}

function merged(path: string): string {
  return path.includes('//') ? path.replace(/\/{2,}/g, '/') : path;
}

function segmentBetween(path: string, prefix: string, suffix: string): string | undefined {
  const end = path.length - suffix.length;
  if (end < prefix.length || !path.startsWith(prefix) || !path.endsWith(suffix)) return undefined;
  const segment = path.slice(prefix.length, end);
  return segment.includes('/') ? undefined : segment;
}
