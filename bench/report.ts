import type { Machine } from './machine.ts';
import type { Findings, Scenario, Table } from './scenario.ts';

export interface Outcome {
  readonly scenario: Scenario;
  readonly findings?: Findings;
  readonly failure?: string;
  readonly seconds: number;
}

/** The whole of docs/benchmarks.md. */
export function renderReport(
  machine: Machine,
  outcomes: readonly Outcome[],
  { isQuick, date }: { readonly isQuick: boolean; readonly date: Date },
): string {
  const seconds = outcomes.reduce((sum, outcome) => sum + outcome.seconds, 0);
  const bars = outcomes.flatMap(({ findings }) => findings?.bars ?? []);
  return [
    '# Benchmarks',
    '',
    'Written by `npm run bench`, which anyone can repeat. All figures are of one run on one machine, with the servers',
    'and the load generator on cores of their own: compare them with each other, not with those of another machine.',
    '',
    `${isQuick ? 'A quick run with fewer rounds (`npm run bench -- --quick`)' : 'A full run'} of ` +
      `${date.toISOString().slice(0, 10)}, ${Math.round(seconds / 60)} minutes.`,
    '',
    ...table({ head: ['', ''], rows: machine.facts }),
    ...(bars.length === 0
      ? []
      : [
          '## What the project asks of itself',
          '',
          ...table({
            head: ['figure', 'bar', 'measured', ''],
            rows: bars.map(({ figure, bar, measured, isMet }) => [figure, bar, measured, isMet ? 'met' : '**missed**']),
          }),
        ]),
    ...outcomes.flatMap(section),
  ].join('\n');
}

function section({ scenario, findings, failure, seconds }: Outcome): string[] {
  return [
    `## ${scenario.title}`,
    '',
    `\`npm run bench -- ${scenario.name}\` (${Math.round(seconds)} s)`,
    '',
    scenario.about,
    '',
    ...(failure === undefined ? [] : [`**This scenario failed:** ${failure}`, '']),
    ...(findings?.tables ?? []).flatMap(table),
    ...(findings?.plots ?? []).flatMap(({ file, title }) => [`![${title}](benchmarks/${file}.svg)`, '']),
  ];
}

function table({ head, rows }: Table): string[] {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line), ''];
}
