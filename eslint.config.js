import js from '@eslint/js';
import tseslint from 'typescript-eslint';

export default tseslint.config(
  { ignores: ['dist/', '**/*.cjs'] },
  js.configs.recommended,
  tseslint.configs.strict,
  {
    files: ['**/*.ts'],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      // A promise that nobody waits for hides its failure; `void` says that this one handles its own.
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': 'error',
      '@typescript-eslint/await-thenable': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_' }],
      'no-console': 'error',
      eqeqeq: 'error',
    },
  },
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
  { files: ['tests/**'], rules: { '@typescript-eslint/no-unused-expressions': 'off' } },
);
