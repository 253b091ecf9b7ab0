import { expect } from 'chai';
import { readDocument, testSources } from '../support/documents/repository.ts';

describe('PROTOCOL.md', () => {
  const clauses = [...readDocument('PROTOCOL.md').matchAll(/^\*\*([A-Z]-\d+)\.\*\*/gm)].map((match) => match[1] ?? '');
  const titles = [...testSources().values()].flatMap((source) =>
    [...source.matchAll(/\b(?:it|describe)\(\s*[`'"](.*?)[`'"],/gs)].map((match) => match[1] ?? ''),
  );
  const named = new Set(titles.flatMap((title) => title.match(/\b[CSHXLWPEFO]-\d+\b/g) ?? []));

  it('has clauses, and each only once', () => {
    expect(clauses).to.have.length.greaterThan(25);
    expect(new Set(clauses).size).to.equal(clauses.length);
  });

  it('has a test for every clause', () => {
    expect(clauses.filter((clause) => !named.has(clause))).to.deep.equal([]);
  });

  it('has a clause for every one that a test names', () => {
    expect([...named].filter((clause) => !clauses.includes(clause))).to.deep.equal([]);
  });
});
