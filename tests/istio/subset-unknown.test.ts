import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkFile, joinFiles } from '@tollgate/policies';
import { example, places, startStage } from './stage.js';

const subsetFiles = [
  { name: 'canary', service: 'myapp' },
  { name: 'fault', service: 'ratings' },
];

for (const { name, service } of subsetFiles) {
  test(`${name}: of a subset without a DestinationRule is warned, where it stands`, () => {
    const others = ['Service', service, 'prod'];
    const added = `apiVersion: tollgate.dev/v1\nkind: ${others[0]}\nmetadata: { name: ${others[1]}, namespace: ${others[2]} }\n`;
    const { mistakes, warnings } = joinFiles([
      checkFile(`${name}.yaml`, example(name)),
      checkFile('added.yaml', added),
    ]);
    assert.deepEqual(mistakes, []);
    assert.ok(warnings.length > 0, 'no warning');
    for (const { path, message } of warnings) assert.match(`${path}: ${message}`, /subset: .*v[12]/);
  });

  for (const place of places)
    test(`${name}: a call to such a subset is answered 503, in the ${place}`, async (context) => {
      const { call, applications } = await startStage(context, place, {
        // Without the delay: it is not what this shows.
        policies: example(name).replace('value: 10.0', 'value: 0'),
        services: [{ name: service, namespace: 'prod', versions: ['v1', 'v2'] }],
      });
      assert.equal((await call({ host: `${service}.prod.svc.cluster.local` })).status, 503);
      assert.deepEqual(
        applications.map(({ seen }) => seen.length),
        [0, 0],
      );
    });
}
