/** The import table of the design: who may import whom. Everything not listed is forbidden. */
const may = {
  domain: [],
  pki: ['domain'],
  connectors: ['domain', 'pki'],
  db: ['domain'],
  activities: ['domain', 'pki', 'connectors', 'db'],
  workflows: ['domain', 'activities'],
  worker: ['domain', 'pki', 'connectors', 'db', 'activities', 'workflows'],
  api: [
    'domain',
    'db',
    'workflows',
    'connectors/directory',
    'connectors/environment',
    'connectors/hsm',
    'connectors/image',
    'connectors/log',
    'connectors/monitor',
  ],
  ui: ['domain'],
  keychain: ['domain', 'connectors/card'],
};
const folders = [...Object.keys(may), 'cli', 'local', 'bench', 'test'];
const tests = '[.]test[.]ts$';

module.exports = {
  forbidden: [
    // Imports of types alone vanish when the program runs: they make no cycle.
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } } },
    { name: 'no-unresolvable', severity: 'error', from: {}, to: { couldNotResolve: true, pathNot: '^[$]' } },
    {
      name: 'workflows-import-activities-as-types',
      severity: 'error',
      from: { path: '^workflows/', pathNot: tests },
      to: { path: '^activities/', dependencyTypesNot: ['type-only'] },
    },
    ...Object.entries(may).map(([from, to]) => ({
      name: `${from}-may-import-only: ${to.join(', ') || 'nothing'}`,
      severity: 'error',
      from: { path: `^${from}/`, pathNot: tests },
      to: { path: `^(${folders.join('|')})/`, pathNot: `^(${[from, ...to].join('|')})/` },
    })),
  ],
  options: {
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    doNotFollow: { path: 'node_modules' },
    exclude: { path: 'node_modules|[.]svelte-kit|^build/|^var/' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'node', 'default', 'types', 'svelte'] },
  },
};
