// Counters of rules and lines of shadow verdicts as an Envoy has them.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startApplication } from '../support/application.js';
import { document, file, vendorsNode } from '../support/documents.js';
import { fetchText } from '../support/fetch-text.js';
import { startGoverned } from '../support/governed-envoy.js';
import { freePorts } from '../support/ports.js';
import { until } from '../support/wait.js';

test('stand in the statistics by policy and rule, one for all workers; shadow lines are sampled', async (context) => {
  const application = await startApplication();
  const [listen = 0, admin = 0] = await freePorts(2);
  const banned = '{ mode: shadow, rules: [{ name: a.b, deny: [127.0.0.0/8] }] }';
  const policies = file(
    document('Service', 'vendors', '{}'),
    vendorsNode({ listen, to: application.port, admin }, ', workers: 1'),
    document('AccessPolicy', 'banned', banned),
    document(
      'AccessPolicy',
      'closed',
      '{ rules: [{ name: admin, match: [{ path: { exact: /admin } }], deny: [127.0.0.0/8] }] }',
    ),
  );
  const { envoy, log } = await startGoverned({ policies, node: 'vendors-1' });
  context.after(async () => {
    await envoy.stop();
    await application.close();
  });
  for (const [path, status] of [
    ['/', 200],
    ['/', 200],
    ['/admin', 403],
  ] as const)
    assert.equal((await fetchText(`http://127.0.0.1:${listen}${path}`)).status, status);
  const { text } = await fetchText(`http://127.0.0.1:${admin}/stats?filter=tollgate.rule`);
  assert.deepEqual(text.trim().split('\n').sort(), [
    'wasmcustom.tollgate.rule.default/banned/a.b.denied: 0',
    'wasmcustom.tollgate.rule.default/banned/a.b.shadow: 3',
    'wasmcustom.tollgate.rule.default/closed/admin.denied: 1',
    'wasmcustom.tollgate.rule.default/closed/admin.shadow: 0',
  ]);
  const prometheus = await fetchText(`http://127.0.0.1:${admin}/stats/prometheus?filter=tollgate.rule`);
  assert.match(prometheus.text, /^tollgate_rule_default_banned_a_b_shadow\{\} 3$/m);
  const said = () =>
    log.filter((line) => line.includes('shadow access banned/a.b address_denied for anonymous 127.0.0.1'));
  await until('the shadow verdict in the log', async () => said().length > 0);
});
