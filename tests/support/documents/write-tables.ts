import { writeFileSync } from 'node:fs';
import { generatedTables, withTables } from './operations-tables.ts';
import { pathOf, readDocument } from './repository.ts';
import { startService } from '../servers/running-service.ts';
import { stateDiagrams } from './state-diagrams.ts';

// `npm run docs`: updates the tables of docs/operations.md and the diagrams of ARCHITECTURE.md from the code.
const PATH = 'docs/operations.md';
const service = await startService();
const page = await (await fetch(service.url('/metricsz'))).text();
await service.stop();
writeFileSync(pathOf(PATH), withTables(readDocument(PATH), generatedTables(page)));
const ARCHITECTURE = 'ARCHITECTURE.md';
writeFileSync(pathOf(ARCHITECTURE), withTables(readDocument(ARCHITECTURE), stateDiagrams(), 'diagram'));
