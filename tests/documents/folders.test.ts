import { expect } from 'chai';
import { dirname, join } from 'node:path';
import { filesUnder, readDocument } from '../support/documents/repository.ts';

/** The folders of the picture in ARCHITECTURE.md, from the top down, and its arrows. */
function picture(): { readonly folders: readonly string[]; readonly arrows: readonly (readonly [string, string])[] } {
  const text = /```mermaid\nflowchart TD\n([\s\S]*?)```/.exec(readDocument('ARCHITECTURE.md'))?.[1] ?? '';
  const folders = new Map([...text.matchAll(/^ {2}(\w+)\["(.*)"\]$/gm)].map(([, id = '', path = '']) => [id, path]));
  const named = (ids: string): string[] => ids.split(' & ').map((id) => folders.get(id) ?? `unknown: ${id}`);
  const arrows = [...text.matchAll(/^ {2}([\w &]+) --> ([\w &]+)$/gm)].flatMap(([, from = '', to = '']) =>
    named(from).flatMap((source) => named(to).map((target) => [source, target] as const)),
  );
  return { folders: [...folders.values()], arrows };
}

describe('The picture of the folders', () => {
  const { folders, arrows } = picture();

  /** The smallest folder of the picture that a file is in. */
  function folderOf(path: string): string {
    const around = folders.filter((folder) => path.startsWith(folder));
    return around.sort((a, b) => b.length - a.length)[0] ?? `not in the picture: ${path}`;
  }

  /** Each pair of folders between which there is an import. */
  function imports(): ReadonlySet<string> {
    const files = ['domain', 'application', 'adapters', 'infrastructure'].flatMap(filesUnder);
    const pairs = files.flatMap((path) => {
      const targets = [...readDocument(path).matchAll(/ from '(\.[^']*)'/g)].map(([, target = '']) => target);
      return targets.map((target) => [folderOf(path), folderOf(join(dirname(path), target))] as const);
    });
    return new Set(pairs.filter(([from, to]) => from !== to).map((pair) => pair.join(' -> ')));
  }

  function reachable(from: string): ReadonlySet<string> {
    const below = arrows.filter(([source]) => source === from).map(([, target]) => target);
    return new Set([...below, ...below.flatMap((folder) => [...reachable(folder)])]);
  }

  it('has no arrow that runs upwards', () => {
    for (const [from, to] of arrows) expect(folders.indexOf(to), `${from} -> ${to}`).to.be.above(folders.indexOf(from));
    expect(arrows.length).to.be.greaterThan(15);
  });

  it('shows every import between two folders, and no other', () => {
    const drawn = new Set(folders.flatMap((from) => [...reachable(from)].map((to) => `${from} -> ${to}`)));
    const found = imports();
    expect([...found].filter((pair) => !drawn.has(pair))).to.deep.equal([]);
    expect(arrows.map((pair) => pair.join(' -> ')).filter((pair) => !found.has(pair))).to.deep.equal([]);
  });
});
