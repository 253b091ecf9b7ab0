import js from '@eslint/js';
import tseslint from 'typescript-eslint';

export default tseslint.config(
  { ignores: ['dist/', '**/*.cjs'] },
  js.configs.recommended,
  tseslint.configs.strictTypeChecked,
  {
    files: ['**/*.ts'],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
      '@typescript-eslint/no-confusing-void-expression': [
        'error',
        { ignoreArrowShorthand: true, ignoreVoidOperator: true, ignoreVoidReturningFunctions: true },
      ],
      // It takes away the `void` that the rule above asks for.
      '@typescript-eslint/no-meaningless-void-operator': 'off',
      // `async` makes a rejection of what a function throws, and that is what a port promises: also without an `await`.
      '@typescript-eslint/require-await': 'off',
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_' }],
      'no-console': 'error',
      eqeqeq: 'error',
    },
  },
  { files: ['**/*.js'], extends: [tseslint.configs.disableTypeChecked] },
  {
    files: ['**/*.ts'],
    ignores: ['infrastructure/exports/**'],
    rules: {
      'no-restricted-syntax': [
        'error',
        {
          selector: 'ExportAllDeclaration, ExportNamedDeclaration[source]',
          message:
            'Import it from where it is. Only the entry points of the package, infrastructure/exports, re-export.',
        },
      ],
    },
  },
  {
    // Runs in a browser as it is.
    files: ['adapters/http/console/page/*.js'],
    languageOptions: {
      globals: Object.fromEntries(
        ['document', 'fetch', 'performance', 'setTimeout', 'AbortController', 'TextDecoderStream'].map((name) => [
          name,
          'readonly',
        ]),
      ),
    },
  },
  { files: ['tests/**', 'bench/**', 'infrastructure/dev.ts'], rules: { 'no-console': 'off' } },
  {
    files: ['tests/**'],
    rules: {
      // An assertion of chai may be a property.
      '@typescript-eslint/no-unused-expressions': 'off',
      // What a `before` assigns is missing in `after` when it failed, and what a callback sets changes during an `await`.
      // The types say neither.
      '@typescript-eslint/no-unnecessary-condition': 'off',
      // A test knows which adapter the container gives it.
      '@typescript-eslint/no-unsafe-class-instance-assignment': 'off',
    },
  },
);
