/** One family of a page in Prometheus's text format. */
export interface Family {
  readonly name: string;
  readonly type: string;
  readonly help: string;
  /** Each sample as written: its name with its labels, and its value. */
  readonly samples: ReadonlyMap<string, number>;
}

export function parseMetrics(page: string): Family[] {
  const families: { name: string; type: string; help: string; samples: Map<string, number> }[] = [];
  for (const line of page.split('\n')) {
    const help = /^# HELP (\S+) (.*)$/.exec(line);
    const type = /^# TYPE (\S+) (.*)$/.exec(line);
    const sample = /^([^#\s{]+(?:\{.*\})?) (\S+)$/.exec(line);
    if (help) families.push({ name: help[1] as string, type: '', help: help[2] as string, samples: new Map() });
    const family = families.at(-1);
    if (family === undefined) continue;
    if (type) family.type = type[2] as string;
    if (sample) family.samples.set(sample[1] as string, Number(sample[2]));
  }
  return families;
}

/** The value of one sample, or undefined if the page has none with this name and labels. */
export function sampleOf(page: string, sample: string): number | undefined {
  for (const { samples } of parseMetrics(page)) if (samples.has(sample)) return samples.get(sample);
  return undefined;
}

/** Every name that a query may use: those of the families, and the parts of histograms. */
export function queryableNames(page: string): ReadonlySet<string> {
  const names = parseMetrics(page).flatMap(({ samples }) => [...samples.keys()].map((key) => key.split('{')[0] ?? ''));
  return new Set(names);
}

/** Our metrics, and those of the process, that a text names. */
export function metricsNamedIn(text: string): Set<string> {
  return new Set(text.match(/\b(?:flagsmith_sse|halyard|nodejs|process)_[a-z0-9_]+[a-z0-9]\b/g));
}
