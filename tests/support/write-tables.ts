import { writeFileSync } from 'node:fs';
import { generatedTables, withTables } from './operations-tables.ts';
import { projectFile, readProjectFile } from './project-files.ts';
import { startService } from './running-service.ts';

// `npm run docs`: brings the tables of docs/operations.md up to what the code says.
const PATH = 'docs/operations.md';
const service = await startService();
const page = await (await fetch(service.url('/metricsz'))).text();
await service.stop();
writeFileSync(projectFile(PATH), withTables(readProjectFile(PATH), generatedTables(page)));
