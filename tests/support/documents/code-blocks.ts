/** A block of code in a document. */
export interface CodeBlock {
  /** `ts`, `diff`, `sh`. */
  readonly language: string;
  /** The rest of the info string: the path of the file that it is or changes; empty if there is none. */
  readonly path: string;
  readonly text: string;
}

/** The blocks under each heading of the second level, in their order. */
export function codeBlocks(document: string): ReadonlyMap<string, readonly CodeBlock[]> {
  const chapters = document.split(/^## /m).slice(1);
  return new Map(
    chapters.map((chapter) => {
      const blocks = [...chapter.matchAll(/^```(\w+) ?(.*)\n([\s\S]*?)^```$/gm)];
      return [
        chapter.slice(0, chapter.indexOf('\n')),
        blocks.map(([, language = '', path = '', text = '']) => ({ language, path, text })),
      ];
    }),
  );
}

/**
 * Applies the change of a `diff` block: the lines with `-` and the unmarked ones must be in the text, together and
 * once; the unmarked ones and those with `+` replace them.
 *
 * @throws Error if they are not there, or more than once
 */
export function withChange(text: string, { path, text: change }: CodeBlock): string {
  const lines = change.replace(/\n$/, '').split('\n');
  const side = (mark: '-' | '+'): string =>
    lines
      .filter((line) => line[0] === mark || line[0] === ' ' || line === '')
      .map((line) => `${line.slice(1)}\n`)
      .join('');
  const [before, after] = [side('-'), side('+')];
  const places = `\n${text}`.split(`\n${before}`).length - 1;
  if (places !== 1) throw new Error(`${path} has this ${places} times, not once:\n${before}`);
  return `\n${text}`.replace(`\n${before}`, () => `\n${after}`).slice(1);
}
