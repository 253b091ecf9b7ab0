import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { JsxEmit, ModuleKind, ScriptTarget, transpileModule } from 'typescript';

const require = createRequire(import.meta.url);

/** What React is made of, by the names under which it is imported: the package, and its file for production. */
const REACT = {
  react: ['react', 'react.production.js'],
  'react/jsx-runtime': ['react', 'react-jsx-runtime.production.js'],
  scheduler: ['scheduler', 'scheduler.production.js'],
  'react-dom': ['react-dom', 'react-dom.production.js'],
  'react-dom/client': ['react-dom', 'react-dom-client.production.js'],
} as const;

/** Where each is, for an import map. */
export const REACT_IMPORTS = Object.fromEntries(Object.keys(REACT).map((name) => [name, `/${name}.js`]));

/** React as modules for a page, by their paths: npm has it as CommonJS alone, which a bundler turns into such modules. */
export function reactModules(): Record<string, string> {
  const modules = Object.entries(REACT).map(([name, [owner, file]]) => {
    const path = join(dirname(reactPackage(owner)), 'cjs', file);
    return [`/${name}.js`, asModule(path)];
  });
  return Object.fromEntries(modules) as Record<string, string>;
}

/** JSX as a module, as a bundler makes it. */
export function fromJsx(text: string): string {
  const compilerOptions = { jsx: JsxEmit.ReactJSX, module: ModuleKind.ESNext, target: ScriptTarget.ES2022 };
  return transpileModule(text, { compilerOptions }).outputText;
}

/** The scheduler is found where react-dom finds it. */
function reactPackage(name: string): string {
  return createRequire(require.resolve('react-dom')).resolve(name);
}

function asModule(path: string): string {
  const text = readFileSync(path, 'utf8');
  const needs = [...new Set([...text.matchAll(/require\("([^"]+)"\)/g)].map(([, name = '']) => name))];
  const names = Object.keys(require(path) as object);
  return [
    ...needs.map((name, at) => `import * as need${at} from '${name}';`),
    `const needs = { ${needs.map((name, at) => `'${name}': need${at}`).join(', ')} };`,
    'const [require, module] = [(name) => needs[name], { exports: {} }];',
    `(function (exports) { ${text}\n})(module.exports);`,
    'export default module.exports;',
    ...names.map((name) => `export const ${name} = module.exports.${name};`),
  ].join('\n');
}
