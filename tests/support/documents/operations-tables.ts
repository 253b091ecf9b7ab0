import { VARIABLES } from '../../../infrastructure/config.ts';
import { fileVariable } from '../../../infrastructure/secret-files.ts';
import { parseMetrics } from './metrics-text.ts';

/** The tables of docs/operations.md that are generated from the code; `npm run docs` writes them. */
export function generatedTables(metricsPage: string): ReadonlyMap<string, string> {
  return new Map([
    ['variables', variablesTable()],
    ['metrics', metricsTable(metricsPage)],
  ]);
}

/** Puts tables, or what else is generated, between their markers: `<!-- table: name -->` and `<!-- end of table -->`. */
export function withTables(document: string, tables: ReadonlyMap<string, string>, kind = 'table'): string {
  let text = document;
  for (const [name, table] of tables) {
    const begin = `<!-- ${kind}: ${name} -->\n`;
    const end = `<!-- end of ${kind} -->`;
    const from = text.indexOf(begin);
    const to = text.indexOf(end, from);
    if (from < 0 || to < 0) throw new Error(`the document has no place for the ${kind} of ${name}`);
    text = `${text.slice(0, from + begin.length)}\n${table}\n\n${text.slice(to)}`;
  }
  return text;
}

function variablesTable(): string {
  const rows = VARIABLES.map((variable) => {
    const { name, default: otherwise, defaultText, meaning, secret = false } = variable;
    const shown = defaultText ?? (otherwise === undefined ? '-' : `\`${otherwise}\``);
    const names = secret ? `\`${name}\`, \`${fileVariable(name)}\`` : `\`${name}\``;
    return [names, shown, meaning];
  });
  return table(['Variable', 'Default', 'Meaning'], rows);
}

function metricsTable(page: string): string {
  const families = parseMetrics(page).filter(({ name }) => /^(flagsmith_sse|halyard)_/.test(name));
  const rows = families.map(({ name, type, help, samples }) => {
    const values = new Map<string, Set<string>>();
    for (const sample of samples.keys())
      for (const [, label, value] of sample.matchAll(/[{,]([a-z_]+)="([^"]*)"/g))
        if (label !== undefined && value !== undefined && label !== 'le')
          values.set(label, (values.get(label) ?? new Set()).add(value));
    // The build information differs from build to build.
    const labels = [...values].map(([label, known]) =>
      name === 'halyard_build_info' ? `\`${label}\`` : `\`${label}\`: ${[...known].join(', ')}`,
    );
    return [`\`${name}\``, type, labels.join('; ') || '-', help];
  });
  return table(['Metric', 'Type', 'Labels', 'Meaning'], rows);
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}
