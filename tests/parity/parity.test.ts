import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { explain, loadScenario, runScenario, simulatorOnly } from '@tollgate/scenario';
import { ParityCount } from '../../host-sim/src/testing/parity-count.js';
import { realEnvoy } from '../support/envoy.js';

/**
 * Each needs what no real Envoy can give: its monotonic clock does not jump. What of each does so. A new one is named here on
 * purpose, not by accident.
 */
const simulatorScenarios: Record<string, string> = {
  'breaker-probes': 'the time for which the circuit is open passes, doubled by each failed probe',
  'breaker-unfinished': 'the time passes in which a body that is owed says nothing against a failure',
  'breaker-window': 'failures leave the window of the circuit',
  'ratelimit-fair-shares-converge':
    'the period of a shared budget passes (in real time: tests/envoy/fair-shares-converge.test.ts)',
  'ratelimit-keys-give-way': 'the budgets of keys become whole again',
  'ratelimit-refill-burst': 'a burst is filled up',
  'ratelimit-refill-quota': 'a day passes',
  'ratelimit-refill': 'a budget of a minute is filled up',
  'ratelimit-window-slides': 'calls leave the window',
};
const parity = new ParityCount('scenarios of policies');

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
    Object.keys(simulatorScenarios),
  );
});

// Most of the time of a scenario goes by while its Envoys start.
describe('scenarios', { concurrency: 3 }, () => {
  for (const scenario of scenarios) {
    test(`${scenario.name}: as it says in both, and the same in both`, async () => {
      const { parts } = await runScenario(scenario, 'both', async () => (await realEnvoy()).path);
      for (const part of parts) assert.notEqual(part.status, 'failed', explain(part).join('\n'));
      const monotonic = simulatorOnly(scenario);
      assert.equal(parts.length, monotonic ? 2 : 3);
      if (monotonic) parity.skipped(scenario.name, `${simulatorScenarios[scenario.name]}: ${monotonic}`);
      else parity.same(scenario.name);
    });
  }
});

test('the count', (context) => parity.tell(context));
