import assert from 'node:assert/strict';
import { test } from 'node:test';
import { TollgateError } from '@tollgate/model';
import { checkFilterConfig } from './check.js';

const policy = { namespace: 'default', name: 'list', mode: 'enforce' };
const config = (rule: object) =>
  JSON.stringify({
    side: 'provider',
    service: 'vendors',
    trustedHops: 0,
    targets: [{ service: 'default/vendors', access: [{ ...policy, rules: [{ name: 'a', ...rule }] }] }],
  });

test('what the filter takes passes', () => {
  checkFilterConfig(config({ deny: ['192.0.2.1'] }));
});

test('what it would refuse is told with its place, whichever form was meant', () => {
  const refused = (rule: object) => {
    try {
      checkFilterConfig(config(rule));
    } catch (thrown) {
      assert.ok(thrown instanceof TollgateError);
      assert.match(thrown.rawMessage, /provider side of vendors/);
      return thrown.details;
    }
    return assert.fail('it passes');
  };
  assert.ok(
    refused({ deny: ['nowhere'] }).some((line) => line.startsWith('$.targets[0].access[0].rules[0].deny[0]: ')),
  );
  assert.ok(refused({ allowed: [] }).some((line) => line.startsWith('$.targets[0].access[0].rules[0]: ')));
});
