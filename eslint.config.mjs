import js from '@eslint/js';
import nx from '@nx/eslint-plugin';
import prettier from 'eslint-config-prettier';
import tseslint from 'typescript-eslint';

/** What may import what, by the tags in each project's package.json. docs/architecture.md says why. */
const boundaries = [
  { sourceTag: 'scope:platform', onlyDependOnLibsWithTags: ['scope:platform'] },
  { sourceTag: 'scope:trading', onlyDependOnLibsWithTags: ['scope:trading', 'scope:platform'] },
  { sourceTag: 'scope:app', onlyDependOnLibsWithTags: ['*'] },
  // `sluice start` serves the API in its own process: the one app that holds another.
  {
    sourceTag: 'type:app',
    onlyDependOnLibsWithTags: ['type:app', 'type:feature', 'type:caching', 'type:legacy', 'type:platform'],
  },
  { sourceTag: 'type:e2e', onlyDependOnLibsWithTags: ['type:app', 'type:legacy', 'type:platform'] },
  { sourceTag: 'type:feature', onlyDependOnLibsWithTags: ['type:persistence', 'type:caching', 'type:platform'] },
  { sourceTag: 'type:legacy', onlyDependOnLibsWithTags: ['type:caching', 'type:platform'] },
  {
    sourceTag: 'type:persistence',
    onlyDependOnLibsWithTags: ['type:platform'],
    notDependOnLibsWithTags: ['platform:redis', 'platform:cache'],
  },
  {
    sourceTag: 'type:caching',
    onlyDependOnLibsWithTags: ['type:platform'],
    notDependOnLibsWithTags: ['platform:postgres'],
  },
  { sourceTag: 'type:platform', onlyDependOnLibsWithTags: ['type:platform'] },
  { sourceTag: 'platform:core', onlyDependOnLibsWithTags: ['platform:core'] },
  { sourceTag: 'platform:postgres', notDependOnLibsWithTags: ['platform:redis', 'platform:cache'] },
  { sourceTag: 'platform:redis', notDependOnLibsWithTags: ['platform:postgres'] },
];

/** Packages that only some places may use. */
const restricted = {
  postgres: {
    group: ['pg', 'pg/*', 'pg-copy-streams', '@prisma/*', '**/generated/*'],
    message: 'Only platform/postgres, platform/migration and */persistence speak to PostgreSQL.',
  },
  redis: { group: ['ioredis'], message: 'Only platform/redis and platform/cache speak to Redis.' },
  testing: { group: ['@sluice/testing', '@sluice/*/testing'], message: 'Test tools are for tests.' },
};
const importsAllow = (...names) => {
  const patterns = Object.entries(restricted).flatMap(([name, rule]) => (names.includes(name) ? [] : [rule]));
  const paths = ['process', 'node:process'].map((name) => ({ name, importNames: ['env'], message: environmentRule }));
  return { 'no-restricted-imports': ['error', { patterns, paths }] };
};
const environmentRule = 'Only platform/config reads the environment.';

const tests = ['**/*.spec.ts', '**/*.conformance.ts', '**/*.fixture.ts', 'apps/*-e2e/**', 'libs/platform/testing/**'];
const nodeGlobals = [
  'process',
  'console',
  'Buffer',
  'URL',
  'setTimeout',
  'clearTimeout',
  'setInterval',
  'clearInterval',
];
const scriptGlobals = [...nodeGlobals, 'performance', 'WebAssembly', 'fetch', 'AbortController', 'setImmediate'];
const moduleGlobals = ['require', 'module', 'exports', '__dirname', '__filename'];
const readable = (names) => Object.fromEntries(names.map((name) => [name, 'readonly']));

export default tseslint.config(
  { ignores: ['**/node_modules', '**/dist', '**/coverage', '**/generated', '.nx', '.sluice', 'tmp'] },
  js.configs.recommended,
  ...tseslint.configs.recommended,
  {
    plugins: { '@nx': nx },
    linterOptions: { noInlineConfig: true },
    rules: {
      '@nx/enforce-module-boundaries': [
        'error',
        {
          // The command line loads late what a command needs; the same library may be loaded early elsewhere.
          checkDynamicDependenciesExceptions: ['@sluice/*'],
          depConstraints: boundaries,
        },
      ],
      '@typescript-eslint/no-unused-vars': [
        'error',
        { argsIgnorePattern: '^_', varsIgnorePattern: '^_', ignoreRestSiblings: true },
      ],
      'no-restricted-properties': ['error', { object: 'process', property: 'env', message: environmentRule }],
      'no-restricted-syntax': [
        'error',
        {
          selector: 'CatchClause > BlockStatement[body.length=0]',
          message: 'A swallowed error is a lie: handle it, or say by a statement what happens instead.',
        },
      ],
      eqeqeq: 'error',
      'no-control-regex': 'off',
      ...importsAllow(),
    },
  },
  {
    files: ['libs/platform/{postgres,migration,servers}/**', 'libs/*/persistence/**'],
    rules: importsAllow('postgres'),
  },
  { files: ['libs/platform/{redis,cache}/**'], rules: importsAllow('redis') },
  // Tests look into the servers themselves, or they would believe what the code says of itself.
  { files: tests, rules: importsAllow('postgres', 'redis', 'testing') },
  {
    files: ['libs/platform/config/**', ...tests, 'tools/**', '**/*.config.*'],
    rules: { 'no-restricted-properties': 'off' },
  },
  {
    files: ['tools/**', '**/*.config.*'],
    rules: { ...importsAllow('postgres', 'redis', 'testing'), '@nx/enforce-module-boundaries': 'off' },
  },
  { files: ['**/*.mjs', '**/*.cjs', '**/*.js'], languageOptions: { globals: readable(scriptGlobals) } },
  {
    files: ['**/*.cjs', '**/*.js'],
    languageOptions: { sourceType: 'commonjs', globals: readable(moduleGlobals) },
    rules: { '@typescript-eslint/no-require-imports': 'off', '@nx/enforce-module-boundaries': 'off' },
  },
  prettier,
);
