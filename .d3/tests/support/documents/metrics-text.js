export function parseMetrics(page) {
    const families = [];
    for (const line of page.split('\n')) {
        const help = /^# HELP (\S+) (.*)$/.exec(line);
        const type = /^# TYPE (\S+) (.*)$/.exec(line);
        const sample = /^([^#\s{]+(?:\{.*\})?) (\S+)$/.exec(line);
        if (help)
            families.push({ name: help[1], type: '', help: help[2], samples: new Map() });
        const family = families.at(-1);
        if (family === undefined)
            continue;
        if (type)
            family.type = type[2];
        if (sample)
            family.samples.set(sample[1], Number(sample[2]));
    }
    return families;
}
/** The value of one sample, or undefined where the page has none of this name and labels. */
export function sampleOf(page, sample) {
    for (const { samples } of parseMetrics(page))
        if (samples.has(sample))
            return samples.get(sample);
    return undefined;
}
/** Every name that a query may use: those of the families, and the parts of histograms. */
export function queryableNames(page) {
    const names = parseMetrics(page).flatMap(({ samples }) => [...samples.keys()].map((key) => key.split('{')[0] ?? ''));
    return new Set(names);
}
/** The metrics of ours, or of the process, that a text names. */
export function metricsNamedIn(text) {
    return new Set(text.match(/\b(?:flagsmith_sse|halyard|nodejs|process)_[a-z0-9_]+[a-z0-9]\b/g));
}
//# sourceMappingURL=metrics-text.js.map