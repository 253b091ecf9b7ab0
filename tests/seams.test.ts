import { expect } from 'chai';
import { LOGS } from '../infrastructure/logs.ts';
import { filesUnder, readDocument } from './support/documents/repository.ts';

/** What stands behind a port, in the words of its maker. */
const PRODUCTS = /nats|jetstream|postgres|consumer|uws|uwebsockets|prom(etheus|-client)|pino|inversify/gi;

describe('The ports, the use cases and the domain', () => {
  const inner = [...filesUnder('application'), ...filesUnder('domain')].filter((path) => path.endsWith('.ts'));

  it('name no product that an adapter adapts', () => {
    const named = inner.flatMap((path) =>
      (readDocument(path).match(PRODUCTS) ?? []).map((product) => `${path}: ${product}`),
    );
    expect(named).to.deep.equal([]);
    expect(inner.length).to.be.greaterThan(30);
  });
});

describe('The list of logs', () => {
  it('has a log of each name once', () => {
    const names = LOGS.map(({ name }) => name);
    expect(names).to.deep.equal([...new Set(names)]);
  });

  it('has only labels that a metric can have', () => {
    const labels = LOGS.flatMap(({ operations, losses }) => [...operations, ...losses]);
    for (const label of labels) expect(label).to.match(/^[a-z]+(_[a-z]+)*$/);
  });
});
