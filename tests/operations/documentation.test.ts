import { expect } from 'chai';
import { CHECKS } from '../../infrastructure/terminal/doctor/finding.ts';
import { filesUnder, readDocument } from '../support/documents/repository.ts';
import { generatedTables, withTables } from '../support/documents/operations-tables.ts';
import { type RunningService, startService, TOKEN } from '../support/servers/running-service.ts';

const DOCUMENT = readDocument('docs/operations.md');

/** The rows of the table under a heading: its cells, without the code marks. */
function rowsUnder(heading: string): string[][] {
  const section = DOCUMENT.split(new RegExp(`^#+ ${heading}$`, 'm'))[1]?.split(/^#/m)[0] ?? '';
  const rows = section.split('\n').filter((line) => line.startsWith('| '));
  return rows.slice(2).map((row) =>
    row
      .slice(2, -2)
      .split(' | ')
      .map((cell) => cell.replace(/^`(.*)`$/, '$1')),
  );
}

/** What the sources log: a line is an event in words with underscores, at a level. */
function loggedEvents(): { event: string; level: string }[] {
  const sources = ['application', 'adapters', 'infrastructure']
    .flatMap(filesUnder)
    .filter((path) => path.endsWith('.ts'));
  const logged = new Map<string, string>();
  for (const path of sources) {
    const text = readDocument(path);
    for (const [, level, event] of text.matchAll(/\.(debug|info|warn|error)\(\s*'([a-z]+(?:_[a-z]+)*)'/g))
      logged.set(event as string, level as string);
    // Helpers that log for their callers are named after the level.
    for (const [, level, event] of text.matchAll(/#(debug|info|warn|error)[A-Z]\w*\(\s*'([a-z]+(?:_[a-z]+)*)'/g))
      logged.set(event as string, level as string);
  }
  return [...logged].map(([event, level]) => ({ event, level }));
}

describe('docs/operations.md', () => {
  let service: RunningService;
  before(
    async () =>
      void (service = await startService({
        INTERNAL_LISTEN_ADDR: '127.0.0.1:0',
        WEBHOOK_SECRET: 'x',
        FLAGS_RELAY: 'on',
        FLAGSMITH_API_URL: 'http://127.0.0.1:9/api/v1/',
      })),
  );
  after(() => service?.stop());

  it('has the tables of variables and metrics that the code has (npm run docs writes them)', async () => {
    const page = await (await fetch(`http://127.0.0.1:${service.ports[1]}/metricsz`)).text();
    expect(DOCUMENT).to.equal(withTables(DOCUMENT, generatedTables(page)));
  });

  it('has every log event, with its level', () => {
    const documented = rowsUnder('Log').map(([event, level]) => ({ event, level }));
    expect(documented).to.have.deep.members(loggedEvents());
    expect(documented.length).to.be.greaterThan(10);
  });

  it('has every check of halyard doctor', () => {
    const documented = rowsUnder('From the terminal').flatMap(([names = '']) => names.split('`, `'));
    expect(documented).to.include.members([...CHECKS]);
  });

  it('has every endpoint, on the listener that answers it', async () => {
    const rows = rowsUnder('Endpoints');
    const sources = filesUnder('adapters/http').map(readDocument).join('\n');
    const paths = [...sources.matchAll(/'(\/[a-z][a-z/-]*)'/g)].map((match) => match[1] as string);
    // A path of the code is a whole documented path, or the beginning or the end of one.
    for (const path of paths)
      expect(
        rows.some(
          ([, documented = '']) => documented === path || documented.startsWith(path) || documented.endsWith(path),
        ),
        path,
      ).to.equal(true);
    const origins = service.ports.slice(0, 2).map((port) => `http://127.0.0.1:${port}`);
    for (const [method, documented = '', listener] of rows) {
      const path = documented.replace('{environment}', 'abc');
      for (const [index, origin] of origins.entries()) {
        const answer = await fetch(`${origin}${path}`, {
          method: 'OPTIONS',
          headers: { Authorization: `Token ${TOKEN}` },
        });
        const answers = listener === 'every' || listener === (index === 0 ? 'public' : 'internal');
        expect(answer.status, `${path} on ${origin}`).to.equal(answers ? 204 : 404);
        if (answers) expect(answer.headers.get('allow')?.split(', '), path).to.include(method);
      }
    }
    expect(rows.length).to.be.greaterThan(8);
  });

  it('has every alert', () => {
    const alerts = [...readDocument('docker/prometheus/halyard.rules.yml').matchAll(/alert: (\w+)/g)].map(
      (match) => match[1],
    );
    expect(rowsUnder('Alerts and the dashboard').map(([alert]) => alert)).to.have.members(alerts);
  });

  it('leads to headings that exist', () => {
    const anchors = [...DOCUMENT.matchAll(/\]\(#([a-z-]+)\)/g)].map((match) => match[1] as string);
    const headings = [...DOCUMENT.matchAll(/^#+ (.+)$/gm)].map((match) =>
      (match[1] as string)
        .toLowerCase()
        .replace(/[^a-z -]/g, '')
        .replaceAll(' ', '-'),
    );
    expect(headings).to.include.members(anchors);
  });
});
