import baseline from 'eslint-plugin-baseline-js';
import tseslint from 'typescript-eslint';

export default tseslint.config(
  { ignores: ['dist', 'dist-demo', 'test-results', '*.config.js'] },
  tseslint.configs.strictTypeChecked,
  tseslint.configs.stylisticTypeChecked,
  {
    languageOptions: { parserOptions: { projectService: true } },
    rules: {
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      // Leaving a field out by naming it is the plainest way.
      '@typescript-eslint/no-unused-vars': ['error', { ignoreRestSiblings: true }],
      // Text goes into the page as text only.
      'no-restricted-syntax': [
        'error',
        {
          selector: "JSXAttribute[name.name='dangerouslySetInnerHTML']",
          message: 'Text goes into the page as text only.',
        },
        {
          selector: 'MemberExpression[property.name=/^(inner|outer)HTML$/]',
          message: 'Text goes into the page as text only.',
        },
      ],
    },
  },
  {
    files: ['src/**', 'portal/**'],
    plugins: { baseline },
    rules: {
      // Safari 16, Chrome 107, Firefox 106, Samsung Internet 19: what all could do by 2022.
      'baseline/use-baseline': [
        'error',
        {
          available: 2022,
          // Asked for before they are used. (Of the clipboard only `writeText`, which is old.)
          ignoreFeatures: ['async-clipboard', 'share', 'vibration'],
          includeWebApis: { preset: 'type-aware' },
          includeJsBuiltins: { preset: 'type-aware' },
        },
      ],
      'no-restricted-imports': [
        'error',
        { patterns: [{ regex: '/(demo|shots|test|e2e)/', message: 'Not a part of the page.' }] },
      ],
    },
  },
);
