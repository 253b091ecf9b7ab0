import { readFileSync } from 'node:fs';
import { ALLOW_ORIGIN, type Answer } from '../answer.ts';

/** The files are beside the sources, and are served without a build. */
const FOLDER = new URL('../../../../adapters/http/console/page/', import.meta.url);

const FILES: readonly (readonly [path: string, file: string, type: string])[] = [
  ['/console', 'console.html', 'text/html; charset=utf-8'],
  ['/console/console.css', 'console.css', 'text/css; charset=utf-8'],
  ['/console/console.js', 'console.js', 'text/javascript; charset=utf-8'],
  ['/console/sparkline.js', 'sparkline.js', 'text/javascript; charset=utf-8'],
  ['/console/history.js', 'history.js', 'text/javascript; charset=utf-8'],
  ['/console/metrics.js', 'metrics.js', 'text/javascript; charset=utf-8'],
];

/** Nothing from elsewhere, nothing inline, and in no frame. */
const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/**
 * The files of the page by their paths.
 *
 * @throws Error if one of them is missing
 */
export function consolePage(): ReadonlyMap<string, Answer> {
  return new Map(
    FILES.map(([path, file, type]) => {
      const headers: Answer['headers'] = [
        ALLOW_ORIGIN,
        ['Content-Type', type],
        ['Cache-Control', 'no-cache'],
        ['Content-Security-Policy', POLICY],
        ['X-Content-Type-Options', 'nosniff'],
        ['Referrer-Policy', 'no-referrer'],
      ];
      return [path, { status: 200, headers, body: readFileSync(new URL(file, FOLDER), 'utf8') }];
    }),
  );
}
