import { parseEnvironmentId } from '../../../domain/environment-id.ts';

const STREAM = '/ofrep/v1/sse';
/** After how many seconds out of sight a page closes its stream. It is the protocol's own default. */
const INACTIVITY_SECONDS = 120;

/**
 * Where a client receives the changes of its environment. It is never logged, as the protocol demands.
 *
 * @param newestId what the client has once it has this answer
 * @param publicUrl undefined: the client receives a path, and takes the origin that it knows. An empty origin beside
 *   the path would have providers open no stream
 * @returns as JSON; undefined for a server-side key, which names no environment that changes are published to
 */
export function eventStreams(
  environmentKey: string,
  newestId: string | undefined,
  publicUrl: string | undefined,
): string | undefined {
  const environment = parseEnvironmentId(environmentKey);
  if (environment === undefined) return undefined;
  const since = newestId === undefined ? '' : `&since=${encodeURIComponent(newestId)}`;
  const path = `${STREAM}?channels=${environment}${since}`;
  const where = publicUrl === undefined ? { endpoint: { requestUri: path } } : { url: publicUrl + path };
  return JSON.stringify([{ type: 'sse', ...where, inactivityDelaySec: INACTIVITY_SECONDS }]);
}
