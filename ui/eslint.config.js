// Rules for everything under ui/. Besides the usual: the rooms keep their arrows, `Intl` goes through the kit, and
// nothing is written that the content security policy would refuse.
import js from '@eslint/js';
import svelte from 'eslint-plugin-svelte';
import globals from 'globals';
import ts from 'typescript-eslint';
import { boundaries } from './scripts/eslint-boundaries.mjs';
import svelteConfig from './svelte.config.js';

const noMarkupFromStrings = ['innerHTML', 'outerHTML', 'insertAdjacentHTML'].map((property) => ({
  property,
  message: 'Markup is never made from strings.',
}));
const INTL = {
  selector: "NewExpression[callee.object.name='Intl']",
  message: 'Format through the kit: it makes sure that the locale is one that Intl accepts.',
};
const TO_LOCALE = {
  selector: 'CallExpression[callee.property.name=/^toLocale(String|DateString|TimeString)$/]',
  message: 'Format through the kit: it makes sure that the locale is one that Intl accepts.',
};

export default ts.config(
  { ignores: ['**/dist/', '**/node_modules/', '.cache/', 'e2e/out/', 'packages/api/src/generated.ts'] },
  js.configs.recommended,
  ...ts.configs.strict,
  ...svelte.configs.recommended,
  {
    languageOptions: { globals: { ...globals.browser } },
    plugins: { hearth: { rules: { boundaries } } },
    rules: {
      'hearth/boundaries': 'error',
      'no-console': 'error',
      'no-eval': 'error',
      'no-implied-eval': 'error',
      'no-restricted-properties': ['error', ...noMarkupFromStrings],
      'no-restricted-syntax': ['error', INTL, TO_LOCALE],
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/explicit-module-boundary-types': 'error',
      '@typescript-eslint/no-confusing-void-expression': 'off',
      '@typescript-eslint/no-empty-object-type': 'off',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      // `void promise` says that nobody waits on purpose.
      'no-void': 'off',
    },
  },
  {
    files: ['**/*.svelte', '**/*.svelte.ts'],
    languageOptions: { parserOptions: { parser: ts.parser, extraFileExtensions: ['.svelte'], svelteConfig } },
    rules: {
      'svelte/no-at-html-tags': 'error',
      'svelte/no-inline-styles': 'error',
      'svelte/no-navigation-without-resolve': 'off', // SvelteKit's rule; our router is the fragment
      'svelte/prefer-svelte-reactivity': 'off', // maps that are deliberately not state are common here
      'svelte/require-each-key': 'error',
      'svelte/valid-compile': 'error',
      '@typescript-eslint/explicit-module-boundary-types': 'off',
    },
  },
  {
    files: ['packages/kit/src/format/**', 'packages/kit/src/i18n/**', '**/*.test.ts'],
    rules: { 'no-restricted-syntax': 'off' },
  },
  {
    files: ['**/*.mjs', '*.js', '*.ts', '**/vite.config.ts', 'e2e/**'],
    languageOptions: { globals: { ...globals.node, ...globals.browser } },
    rules: {
      'no-console': 'off',
      '@typescript-eslint/explicit-module-boundary-types': 'off',
      '@typescript-eslint/no-non-null-assertion': 'off',
    },
  },
);
