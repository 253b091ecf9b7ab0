/** Variables of `flagsmith/sse` 3.x and 4.0.0 without a use here: those images keep updates in Redis, and poll it. */
const UNUSED = [
  'REDIS_HOST',
  'REDIS_PORT',
  'REDIS_USERNAME',
  'REDIS_PASSWORD',
  'REDIS_SCAN_COUNT',
  'REDIS_USE_SSL',
  'USE_CLUSTER_MODE',
  'CACHE_UPDATE_INTERVAL_SECONDS',
  'STREAM_DELAY',
];

/** The variables of the published image that are set here and have no effect, so that one warning can name them all. */
export function unusedVariables(environment: Readonly<Record<string, string | undefined>>): string[] {
  const unused = UNUSED.filter((name) => (environment[name] ?? '') !== '' && !isOfKubernetes(environment[name]));
  return environment['MAX_STREAM_AGE'] && environment['MAX_STREAM_AGE_SECONDS']
    ? [...unused, 'MAX_STREAM_AGE']
    : unused;
}

/** Beside a service named `redis`, Kubernetes sets `REDIS_PORT` in every pod: that value is not meant for us. */
function isOfKubernetes(value = ''): boolean {
  return value.startsWith('tcp://');
}
