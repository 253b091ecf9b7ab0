import { type Answer, error, json } from './answer.ts';

export const LOG_UNAVAILABLE = error(
  503,
  'log_unavailable',
  'the log does not answer; the change is kept and will be published when it does, unless a newer one is published first',
  [['Retry-After', '1']],
);

/** The answer to an authorized change, on every endpoint: 200 with this JSON, or 503. */
export function answerToChange(outcome: 'stored' | 'unavailable', body: string): Answer {
  return outcome === 'stored' ? json(body) : LOG_UNAVAILABLE;
}
