import { builtinModules } from 'node:module';

import svelte from 'eslint-plugin-svelte';
import tseslint from 'typescript-eslint';

const typed = { projectService: true, tsconfigRootDir: import.meta.dirname };
/** Workflow code is replayed: what it reads from the machine would differ from run to run. */
const nodeBuiltins = builtinModules.flatMap((name) => [name, `node:${name}`]);
const svelteFiles = ['ui/src/**/*.svelte', 'ui/src/**/*.svelte.ts'];

/** A suppression names its rules, gives its reason after `--`, and is reported once nothing needs it. */
const suppressions = {
  linterOptions: { reportUnusedDisableDirectives: 'error' },
  plugins: { smartcms: { rules: { 'described-suppression': { create: describedSuppression } } } },
  rules: { 'smartcms/described-suppression': 'error' },
};

export default tseslint.config(
  { ignores: ['**/node_modules', '**/.svelte-kit', 'build', 'var', 'ui/src/lib/api/schema.d.ts'] },
  suppressions,
  ...tseslint.configs.recommendedTypeChecked.map((config) => ({ ...config, files: ['**/*.ts', ...svelteFiles] })),
  {
    files: ['**/*.ts', ...svelteFiles],
    languageOptions: { parserOptions: typed },
    rules: {
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': 'error',
      '@typescript-eslint/consistent-type-imports': 'error',
      // An async function may wait for nothing: an interface asks for a promise, and a rejection is better than a throw.
      '@typescript-eslint/require-await': 'off',
      // knex and pg answer `any`: the assertion is where we say what a row is.
      '@typescript-eslint/no-unnecessary-type-assertion': 'off',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_', ignoreRestSiblings: true }],
    },
  },
  {
    files: ['workflows/**/*.ts'],
    ignores: ['**/*.test.ts', 'workflows/codec/**'],
    rules: { 'no-restricted-imports': ['error', { paths: nodeBuiltins }] },
  },
  {
    files: ['ui/src/**/*.ts', ...svelteFiles],
    rules: {
      // The linter sees generic components of other files as `any`; svelte-check, which knows their types, checks these.
      '@typescript-eslint/no-unsafe-argument': 'off',
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-call': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/no-unsafe-return': 'off',
    },
  },
  ...svelte.configs.recommended.map((config) => (config.files ? config : { ...config, files: svelteFiles })),
  {
    files: svelteFiles,
    languageOptions: { parserOptions: { ...typed, parser: tseslint.parser, extraFileExtensions: ['.svelte'] } },
    rules: {
      // `let { a, b } = $props()` stays `let`; Svelte's own rule knows that.
      'prefer-const': 'off',
      'svelte/prefer-const': 'error',
      // Maps and sets here are made anew at each change, never mutated while they are shown.
      'svelte/prefer-svelte-reactivity': 'off',
      // The application lives at the root of its host.
      'svelte/no-navigation-without-resolve': 'off',
    },
  },
);

function describedSuppression(context) {
  return {
    Program() {
      for (const comment of context.sourceCode.getAllComments()) {
        if (!/^\s*eslint-disable/.test(comment.value) || /\s--\s+\S/.test(comment.value)) continue;
        context.report({ loc: comment.loc, message: 'Say after "--" why the rule is off here.' });
      }
    },
  };
}
