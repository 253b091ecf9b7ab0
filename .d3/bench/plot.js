const COLOURS = ['#7f7f7f', '#d6336c', '#1c7ed6', '#2b8a3e', '#e67700', '#7048e8'];
const [WIDTH, HEIGHT] = [720, 380];
const AREA = { left: 70, right: 700, top: 46, bottom: 320 };
export function barPlot(file, title, unit, bars) {
    const rowHeight = 34;
    const height = 60 + bars.length * rowHeight;
    const longest = Math.max(...bars.map(([, value]) => value));
    const rows = bars.map(([label, value], index) => {
        const y = 48 + index * rowHeight;
        const width = Math.max(1, (value / longest) * 400);
        return [
            text(180, y + 15, label, 'end'),
            `<rect x="190" y="${y}" width="${width.toFixed(1)}" height="20" fill="${colour(index)}"/>`,
            text(198 + width, y + 15, `${short(value)} ${unit}`),
        ].join('');
    });
    return { file, title, svg: document(title, height, rows.join('\n')) };
}
export function linePlot(file, title, axes, lines) {
    const xScale = scale(axes.x, lines.flatMap(({ points }) => points.map(([x]) => x)), AREA.left, AREA.right);
    const yScale = scale(axes.y, lines.flatMap(({ points }) => points.map(([, y]) => y)), AREA.bottom, AREA.top);
    const grid = [
        ...xScale.ticks.map((tick) => {
            const x = xScale.at(tick).toFixed(1);
            return `<path class="grid" d="M${x} ${AREA.top}V${AREA.bottom}"/>${text(Number(x), AREA.bottom + 18, short(tick), 'middle')}`;
        }),
        ...yScale.ticks.map((tick) => {
            const y = yScale.at(tick).toFixed(1);
            return `<path class="grid" d="M${AREA.left} ${y}H${AREA.right}"/>${text(AREA.left - 8, Number(y) + 4, short(tick), 'end')}`;
        }),
        text((AREA.left + AREA.right) / 2, AREA.bottom + 38, axes.x.label, 'middle'),
        text(AREA.left - 8, AREA.top - 10, axes.y.label, 'start'),
    ];
    const drawn = lines.map(({ points }, index) => {
        const path = points.map(([x, y], i) => `${i === 0 ? 'M' : 'L'}${xScale.at(x).toFixed(1)} ${yScale.at(y).toFixed(1)}`);
        return `<path fill="none" stroke-width="2" stroke="${colour(index)}" d="${path.join('')}"/>`;
    });
    const legend = lines.map(({ label }, index) => {
        const x = AREA.left + 10 + index * 125;
        return `<rect x="${x}" y="${HEIGHT - 14}" width="10" height="10" fill="${colour(index)}"/>${text(x + 15, HEIGHT - 5, label)}`;
    });
    return { file, title, svg: document(title, HEIGHT, [...grid, ...drawn, ...legend].join('\n')) };
}
function scale({ isLogarithmic = false }, values, from, to) {
    const real = values.filter((value) => Number.isFinite(value) && (!isLogarithmic || value > 0));
    const max = Math.max(...real, isLogarithmic ? 1e-9 : 0);
    if (isLogarithmic) {
        const low = Math.floor(Math.log10(Math.min(...real)));
        const high = Math.max(low + 1, Math.ceil(Math.log10(max)));
        const at = (value) => from + ((Math.log10(Math.max(value, 10 ** low)) - low) / (high - low)) * (to - from);
        return { at, ticks: Array.from({ length: high - low + 1 }, (_, index) => 10 ** (low + index)) };
    }
    const step = niceStep(max / 5);
    const top = Math.max(step, Math.ceil(max / step) * step);
    return {
        at: (value) => from + (value / top) * (to - from),
        ticks: Array.from({ length: Math.round(top / step) + 1 }, (_, index) => index * step),
    };
}
function niceStep(rough) {
    const power = 10 ** Math.floor(Math.log10(rough || 1));
    return ([1, 2, 5, 10].find((factor) => factor * power >= rough) ?? 10) * power;
}
function document(title, height, content) {
    return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" role="img" aria-label="${escape(title)}">
<style>text{font:12px sans-serif;fill:#666}.title{font-size:15px}.grid{stroke:#8884;stroke-width:1}
@media (prefers-color-scheme:dark){text{fill:#bbb}}</style>
<text class="title" x="20" y="24">${escape(title)}</text>
${content}
</svg>
`;
}
function text(x, y, content, anchor = 'start') {
    return `<text x="${x.toFixed(1)}" y="${y.toFixed(1)}" text-anchor="${anchor}">${escape(content)}</text>`;
}
function colour(index) {
    return COLOURS[index % COLOURS.length];
}
function short(value) {
    if (value >= 10_000)
        return `${Math.round(value / 1000)}k`;
    return value >= 100 ? value.toFixed(0) : String(Number(value.toPrecision(3)));
}
function escape(content) {
    return content.replace(/[<>&"]/g, (character) => `&#${character.charCodeAt(0)};`);
}
//# sourceMappingURL=plot.js.map