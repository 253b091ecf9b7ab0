/** The whole of docs/benchmarks.md. */
export function renderReport(machine, outcomes, { isQuick, date }) {
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
function section({ scenario, findings, failure, seconds }) {
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
function table({ head, rows }) {
    const line = (cells) => `| ${cells.join(' | ')} |`;
    return [line(head), line(head.map(() => '---')), ...rows.map(line), ''];
}
//# sourceMappingURL=report.js.map