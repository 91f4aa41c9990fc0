import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkFile, formatMistake } from '@tollgate/policies';
import { example } from './stage.js';

test('mtls and payment-security come with mesh security: until then each of their documents is refused by name', () => {
  const lines = ['mtls', 'payment-security'].flatMap((name) =>
    checkFile(`${name}.yaml`, example(name)).mistakes.map(formatMistake),
  );
  for (const [index, [place, kind]] of [
    ['mtls.yaml:2', 'PeerAuthentication'],
    ['mtls.yaml:7', 'PeerAuthentication'],
    ['payment-security.yaml:2', 'PeerAuthentication'],
    ['payment-security.yaml:9', 'AuthorizationPolicy'],
  ].entries()) {
    assert.ok(lines[index]?.startsWith(`${place}:1 kind: `), lines[index]);
    assert.ok(lines[index]?.includes(`${kind}`), lines[index]);
  }
  assert.equal(lines.length, 4);
});
