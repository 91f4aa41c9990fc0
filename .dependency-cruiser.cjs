/** Who may import whom: docs/ARCHITECTURE.md, "Direction". */
const packages = ['model', 'host-sim', 'envoy', 'policies', 'control', 'cli'];
const may = {
  model: [],
  'host-sim': [],
  envoy: ['model'],
  policies: ['model', 'envoy', 'host-sim'],
  control: ['model', 'envoy', 'host-sim', 'policies'],
  cli: ['model', 'envoy', 'host-sim', 'policies', 'control'],
};

const directions = packages.map((name) => ({
  name: `${name}-imports-only-${may[name].join('-') || 'itself'}`,
  severity: 'error',
  from: { path: `^${name}/` },
  to: { path: `^(${packages.filter((other) => other !== name && !may[name].includes(other)).join('|')})/` },
}));

module.exports = {
  forbidden: [
    ...directions.filter(({ to }) => to.path !== '^()/'),
    {
      name: 'compile-imports-only-the-model-and-generated-types',
      severity: 'error',
      from: { path: '^envoy/src/compile/', pathNot: '\\.test\\.ts$' },
      to: { path: '^envoy/src/', pathNot: '^envoy/src/(compile/|types\\.ts|filter-config\\.ts)' },
    },
    {
      name: 'model-does-no-io',
      severity: 'error',
      from: { path: '^model/src/', pathNot: '\\.test\\.ts$' },
      to: { dependencyTypes: ['core'], pathNot: '^(node:)?(crypto|net)$' },
    },
    { name: 'no-unresolvable', severity: 'error', from: {}, to: { couldNotResolve: true } },
    {
      name: 'no-circular',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
  ],
  options: {
    doNotFollow: { path: '(^|/)(node_modules|dist|gen)/' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.base.json' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['types', 'import', 'node', 'default'] },
  },
};
