const testsOnEnvoy = require('./tools/tests-on-envoy.cjs');

/** Who may import whom: docs/ARCHITECTURE.md, "Direction". */
const packages = ['model', 'host-sim', 'envoy', 'policies', 'scenario', 'control', 'agent', 'cli'];
const may = {
  model: [],
  'host-sim': [],
  envoy: ['model'],
  policies: ['model', 'envoy', 'host-sim'],
  scenario: ['model', 'envoy', 'host-sim', 'policies'],
  control: ['model', 'envoy', 'host-sim', 'policies'],
  agent: ['model', 'envoy', 'host-sim'],
  cli: ['model', 'envoy', 'host-sim', 'policies', 'scenario', 'control', 'agent'],
};

/** Circles of types alone that stay, by the file that each goes through. Three at most. */
const typeCircles = [
  // A VM is made of parts (ticks, callouts, the ABI's functions), and each works on the VM that it belongs to.
  '^host-sim/src/vm/vm\\.ts$',
  // A stream has a filter for each plugin, and a filter's host calls resume, reset and answer its stream.
  '^host-sim/src/http/http-stream\\.ts$',
  // A scenario is checked as it is read, by what makes proxies of it.
  '^scenario/src/policy-proxies\\.ts$',
];
if (typeCircles.length > 3)
  throw new Error('at most three circles of types may stay: end one with a small file of types');

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
      to: { path: '^envoy/src/', pathNot: '^envoy/src/(compile/|types\\.ts|filter-config/)' },
    },
    {
      name: 'model-does-no-io',
      severity: 'error',
      from: { path: '^model/src/', pathNot: '\\.test\\.ts$' },
      to: { dependencyTypes: ['core'], pathNot: '^(node:)?(crypto|net)$' },
    },
    {
      name: 'tests-that-need-an-envoy-stand-in-their-folders',
      severity: 'error',
      from: { path: '\\.test\\.ts$', pathNot: `^(${testsOnEnvoy.join('|')})` },
      to: {
        path: '^(tests/support/(envoy|cli)|host-sim/src/testing/envoy-process|envoy/src/binary/(index|find-envoy|envoy-process))\\.ts$',
        reachable: true,
      },
    },
    {
      // A spec's imports are the compiler's to resolve, which knows no `exports`.
      name: 'no-unresolvable',
      severity: 'error',
      from: { pathNot: '\\.spec\\.ts$' },
      to: { couldNotResolve: true },
    },
    {
      name: 'host-and-gateway-know-nothing-of-each-other',
      severity: 'error',
      from: { path: '^host-sim/src/(host|gateway)/', pathNot: '\\.test\\.ts$' },
      to: { path: '^host-sim/src/(host|gateway)/', pathNot: '^host-sim/src/$1/' },
    },
    {
      name: 'clients-and-upstreams-know-nothing-of-each-other',
      severity: 'error',
      from: { path: '^host-sim/src/gateway/(downstream|upstream)/' },
      to: { path: '^host-sim/src/gateway/(downstream|upstream)/', pathNot: '^host-sim/src/gateway/$1/' },
    },
    {
      name: 'filters-import-only-the-sdk',
      severity: 'error',
      from: { path: '^filters/', pathNot: '\\.test\\.ts$' },
      to: { path: '^(model|host-sim|envoy|policies|scenario|control|agent|cli|tests|examples)/' },
    },
    {
      name: 'examples-import-only-the-sdk-and-themselves',
      severity: 'error',
      from: { path: '^(examples|bench)/filters/([^/]+).*\\.ts$', pathNot: '\\.(test|spec)\\.ts$' },
      to: { pathNot: '^(sdk/|$1/filters/$2)' },
    },
    {
      name: 'only-the-door-of-the-sdk-is-imported',
      severity: 'error',
      from: { pathNot: '^(sdk|tools)/' },
      to: { path: '^sdk/', pathNot: '^sdk/(index|types/index\\.d|transform/with-warnings\\.d)\\.m?ts$' },
    },
    {
      name: 'sdk-imports-only-itself',
      severity: 'error',
      from: { path: '^sdk/', pathNot: '\\.test\\.ts$' },
      to: { path: '^(model|filters|host-sim|envoy|policies|scenario|control|agent|cli|tests|examples)/' },
    },
    {
      name: 'the-sdk-does-not-import-its-own-door',
      severity: 'error',
      from: { path: '^sdk/' },
      to: { path: '^sdk/index\\.ts$' },
    },
    {
      name: 'no-circular-types',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { pathNot: typeCircles.join('|') } },
    },
    {
      name: 'no-circular',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
  ],
  options: {
    doNotFollow: { path: '(^|/)(node_modules|dist|gen|sdk/types)/' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.base.json' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['types', 'import', 'node', 'default'] },
  },
};
