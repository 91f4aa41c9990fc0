import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { play } from './play.js';
import { alignCountdowns, type Record } from './record.js';
import { loadScenarios, type Scenario, simulatorOnly } from './scenario.js';
import { envoyStage, type OpenStage, simulatorStage } from './stages.js';

/** Each needs the monotonic clock to jump, which a real Envoy's cannot. A new one is named here on purpose, not by accident. */
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

interface Played {
  records: Record[];
  elapsedMs: number;
}

async function playOn(opening: Promise<OpenStage>, scenario: Scenario): Promise<Played> {
  const stage = await opening;
  try {
    return { records: await play(scenario, stage), elapsedMs: stage.elapsedMs() };
  } finally {
    await stage.close();
  }
}

const scenarios = loadScenarios();

test('at least 25 scenarios, and those for the simulator only are listed by name', () => {
  assert.ok(scenarios.length >= 25, `${scenarios.length} scenarios`);
  assert.deepEqual(
    scenarios.filter(simulatorOnly).map(({ name }) => name),
    simulatorScenarios,
  );
});

// Most of the time of a scenario goes by while its Envoys start.
describe('scenarios', { concurrency: 3 }, () => {
  for (const scenario of scenarios) {
    test(scenario.name, async (context) => {
      let simulated: Played | undefined;
      await context.test('in the simulator', async () => {
        simulated = await playOn(simulatorStage(scenario), scenario);
      });
      if (simulatorOnly(scenario)) return;
      let real: Played | undefined;
      await context.test('in Envoy', async () => {
        real = await playOn(envoyStage(scenario), scenario);
      });
      await context.test('the same answers, header by header, and the same requests upstream', () => {
        assert.ok(simulated && real, 'it did not end in both');
        assert.deepEqual(simulated.records, alignCountdowns(real.records, simulated.records, real.elapsedMs));
      });
    });
  }
});
