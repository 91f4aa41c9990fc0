import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { explain, loadScenario, runScenario, simulatorOnly } from 'tollgate/scenario';
import { realEnvoy } from '../support/envoy.js';

/** Each needs what no real Envoy can give: its monotonic clock does not jump. A new one is named here on purpose, not by accident. */
const simulatorScenarios = [
  'breaker-probes',
  'breaker-window',
  'ratelimit-fair-shares-converge',
  'ratelimit-keys-give-way',
  'ratelimit-refill-burst',
  'ratelimit-refill-quota',
  'ratelimit-refill',
  'ratelimit-window-slides',
];

const folder = fileURLToPath(new URL('../scenarios/', import.meta.url));
const scenarios = readdirSync(folder)
  .filter((file) => file.endsWith('.yaml'))
  .sort()
  .map((file) => {
    const { scenario, mistakes } = loadScenario(folder + file);
    assert.ok(scenario, JSON.stringify(mistakes));
    return scenario;
  });

test('at least 25 scenarios, and those for the simulator only are listed by name', () => {
  assert.ok(scenarios.length >= 25, `${scenarios.length} scenarios`);
  assert.deepEqual(
    scenarios.filter((scenario) => simulatorOnly(scenario)).map(({ name }) => name),
    simulatorScenarios,
  );
});

// Most of the time of a scenario goes by while its Envoys start.
describe('scenarios', { concurrency: 3 }, () => {
  for (const scenario of scenarios) {
    test(`${scenario.name}: as it says in both, and the same in both`, async () => {
      const { parts } = await runScenario(scenario, 'both', async () => (await realEnvoy()).path);
      for (const part of parts) assert.notEqual(part.status, 'failed', explain(part).join('\n'));
      assert.equal(parts.length, simulatorOnly(scenario) ? 2 : 3);
    });
  }
});
