import { parseEnvironmentId } from '../../../domain/environment-id.ts';

export const STREAM_PATH = '/ofrep/v1/sse';
/** A page that is hidden for this many seconds closes its stream. It is the protocol's own default. */
const INACTIVITY_SECONDS = 120;

/**
 * Where a client receives the changes of its environment. It is never logged, as the protocol demands.
 *
 * @param newestId the update that this answer brings the client up to
 * @param publicUrl undefined: the client receives a path, and uses the origin that it knows. With an empty origin beside
 *   the path, providers open no stream
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
  const path = `${STREAM_PATH}?channels=${environment}${since}`;
  const where = publicUrl === undefined ? { endpoint: { requestUri: path } } : { url: publicUrl + path };
  return JSON.stringify([{ type: 'sse', ...where, inactivityDelaySec: INACTIVITY_SECONDS }]);
}
