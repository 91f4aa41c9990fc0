/** The folders whose tests need an Envoy; the lint of imports holds that no other test does. */
module.exports = [
  'envoy/src/binary/',
  'examples/filters/',
  'tests/bounds/',
  'tests/cli/',
  'tests/control/',
  'tests/envoy/',
  'tests/faults/',
  'tests/golden/',
  'tests/hostile/',
  'tests/istio/',
  'tests/oracle/',
  'tests/parity/',
  'tests/sdk/',
];
