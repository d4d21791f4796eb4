import css from '@eslint/css';

/** The styles work in browsers of the last four years: see eslint.config.js. */
export default [
  {
    files: ['src/**/*.css'],
    plugins: { css },
    language: 'css/css',
    rules: {
      'css/no-duplicate-imports': 'error',
      'css/no-empty-blocks': 'error',
      'css/no-invalid-at-rules': 'error',
      'css/no-invalid-properties': ['error', { allowUnknownVariables: true }],
      'css/use-baseline': [
        'error',
        {
          available: 2022,
          // Where these are missing the page only looks plainer, or a script does it: Safari draws
          // outlines square until 16.4 and lets nobody resize a field on a phone. Thousands of lines
          // scroll less smoothly before Safari 18 and Firefox 125.
          allowProperties: [
            'accent-color',
            'contain-intrinsic-size',
            'content-visibility',
            'field-sizing',
            'outline',
            'overflow-anchor',
            'overscroll-behavior',
            'resize',
            'user-select',
          ],
          // In the tracks of a grid it is older than anything here.
          allowFunctions: ['fit-content'],
          allowPropertyValues: { 'font-family': ['ui-monospace'] },
        },
      ],
    },
  },
];
