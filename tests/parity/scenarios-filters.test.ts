import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { explain, loadScenario, runScenario } from '@tollgate/scenario';
import { ParityCount } from '../../host-sim/src/testing/parity-count.js';
import { realEnvoy } from '../support/envoy.js';

const folder = fileURLToPath(new URL('../scenarios-filters/', import.meta.url));
const parity = new ParityCount('scenarios of filters');

describe('scenarios of filters from other toolchains', { concurrency: 2 }, () => {
  for (const file of readdirSync(folder).sort()) {
    test(`${file}: as it says in both, and the same in both`, async () => {
      const { scenario, mistakes } = loadScenario(folder + file);
      assert.ok(scenario, JSON.stringify(mistakes));
      const { parts } = await runScenario(scenario, 'both', async () => (await realEnvoy()).path);
      for (const part of parts) assert.notEqual(part.status, 'failed', explain(part).join('\n'));
      assert.deepEqual(
        parts.map(({ place }) => place),
        ['simulator', 'envoy', 'both'],
      );
      parity.same(scenario.name);
    });
  }
});

test('the count', (context) => parity.tell(context));
