/** The tables of docs/operations.md that the code says of itself; `npm run docs` writes them anew. */
export declare function generatedTables(metricsPage: string): ReadonlyMap<string, string>;
/** Puts tables, or what else is generated, between their markers: `<!-- table: name -->` and `<!-- end of table -->`. */
export declare function withTables(document: string, tables: ReadonlyMap<string, string>, kind?: string): string;
