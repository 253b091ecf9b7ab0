import { writeFileSync } from 'node:fs';
import { generatedTables, withTables } from "./operations-tables.js";
import { pathOf, readDocument } from "./repository.js";
import { startService } from "../servers/running-service.js";
import { stateDiagrams } from "./state-diagrams.js";
// `npm run docs`: brings the tables of docs/operations.md and the diagrams of ARCHITECTURE.md up to what the code says.
const PATH = 'docs/operations.md';
const service = await startService();
const page = await (await fetch(service.url('/metricsz'))).text();
await service.stop();
writeFileSync(pathOf(PATH), withTables(readDocument(PATH), generatedTables(page)));
const ARCHITECTURE = 'ARCHITECTURE.md';
writeFileSync(pathOf(ARCHITECTURE), withTables(readDocument(ARCHITECTURE), stateDiagrams(), 'diagram'));
//# sourceMappingURL=write-tables.js.map