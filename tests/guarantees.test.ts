import { expect } from 'chai';
import { readDocument, testSources } from './support/documents/repository.ts';

interface Evidence {
  readonly promise: string;
  readonly path: string;
  readonly title: string;
}

/** The tests that the page names, each under the promise that it shows. */
function evidenceIn(page: string): { promises: string[]; evidence: Evidence[] } {
  const promised = page.split('\n## Promised\n')[1]?.split('\n## ')[0] ?? '';
  const sections = promised.split(/^### /m).slice(1);
  return {
    promises: sections.map((section) => section.split('\n', 1)[0] ?? ''),
    evidence: sections.flatMap((section) =>
      [...section.matchAll(/^- `(tests\/[^`]+)`: "(.+)"$/gm)].map(([, path = '', title = '']) => ({
        promise: section.split('\n', 1)[0] ?? '',
        path,
        title,
      })),
    ),
  };
}

function missing(evidence: readonly Evidence[], sources: ReadonlyMap<string, string>): string[] {
  return evidence
    .filter(({ path, title }) => {
      const titles = [...(sources.get(path) ?? '').matchAll(/\bit\(\s*(['"`])(.*?)\1,/gs)].map((match) => match[2]);
      return !titles.includes(title);
    })
    .map(({ path, title }) => `${path}: "${title}"`);
}

describe('docs/guarantees.md', () => {
  const { promises, evidence } = evidenceIn(readDocument('docs/guarantees.md'));

  it('names a test for every promise', () => {
    expect(promises).to.have.length.greaterThan(8);
    expect(promises.filter((promise) => !evidence.some((one) => one.promise === promise))).to.deep.equal([]);
  });

  it('names no test that is missing', () => {
    expect(missing(evidence, testSources())).to.deep.equal([]);
  });

  it('would report a test that is missing, has another title, or has moved', () => {
    const sources = new Map([['tests/a.test.ts', "it('holds', () => undefined);"]]);
    const page =
      '\n## Promised\n\n### A\n\n- `tests/a.test.ts`: "holds"\n- `tests/a.test.ts`: "held"\n- `tests/b.test.ts`: "holds"\n';
    expect(missing(evidenceIn(page).evidence, sources)).to.deep.equal([
      'tests/a.test.ts: "held"',
      'tests/b.test.ts: "holds"',
    ]);
  });
});
