import { TollgateError } from '@tollgate/model';
import { type FileMistake, formatMistake } from '@tollgate/policies';
import { Unexpected } from './check.js';
import { firstDifference, type Played } from './compare.js';
import { envoyStage } from './envoy-stage.js';
import { play } from './play.js';
import { type Scenario, simulatorOnly } from './scenario.js';
import { simulatorStage } from './simulator-stage.js';
import type { OpenStage } from './stages.js';

export type Place = 'simulator' | 'envoy' | 'both';

/** One part of a scenario's run: the simulator's, the real Envoy's, or their comparison (`both`). */
export interface Part {
  place: Place;
  status: 'passed' | 'failed' | 'skipped';
  /** Where it failed, or one mistake at the top of the file. */
  mistakes: readonly FileMistake[];
  /** Why it was skipped. */
  reason?: string;
  /** The conversation between host and filter that led to a failure. */
  conversation: readonly string[];
  /** How long it took, in milliseconds. */
  ms: number;
}

export interface ScenarioResult {
  scenario: Scenario;
  parts: Part[];
}

/** Runs a scenario where it is wanted. `envoy` is the path of the binary; `both` also compares. */
export async function runScenario(
  scenario: Scenario,
  place: Place,
  envoy: () => Promise<string>,
): Promise<ScenarioResult> {
  const parts: Part[] = [];
  const simulated = place === 'envoy' ? undefined : await playPart(scenario, 'simulator', simulatorStage, parts);
  if (place === 'simulator') return { scenario, parts };
  const reason = simulatorOnly(scenario);
  if (reason) {
    parts.push({ place: 'envoy', status: 'skipped', mistakes: [], reason, conversation: [], ms: 0 });
    return { scenario, parts };
  }
  const path = await envoy();
  const real = await playPart(scenario, 'envoy', (each) => envoyStage(each, path), parts);
  if (!simulated || !real) return { scenario, parts };
  const began = performance.now();
  const found = firstDifference(simulated, real, scenario.filters ? scenario.notCompared : ['log', 'metrics']);
  const mistakes = found ? [scenario.source.mistake([], `the simulator and Envoy differ: ${found}`)] : [];
  parts.push({
    place: 'both',
    status: found ? 'failed' : 'passed',
    mistakes,
    conversation: [],
    ms: performance.now() - began,
  });
  return { scenario, parts };
}

async function playPart(
  scenario: Scenario,
  place: Place,
  open: (scenario: Scenario) => Promise<OpenStage>,
  parts: Part[],
): Promise<Played | undefined> {
  let stage: OpenStage | undefined;
  const began = performance.now();
  const ms = () => performance.now() - began;
  try {
    stage = await open(scenario);
    const records = await play(scenario, stage);
    const elapsedMs = stage.elapsedMs();
    if (scenario.filters) await stage.idle();
    const metrics = scenario.filters ? await stage.metrics() : {};
    const { log } = stage;
    const closing = stage;
    stage = undefined;
    // Only then the last lines are there.
    await closing.close();
    parts.push({ place, status: 'passed', mistakes: [], conversation: [], ms: ms() });
    return { records, elapsedMs, metrics, log: [...log] };
  } catch (thrown) {
    if (isMissing(thrown)) throw thrown;
    const mistakes =
      thrown instanceof Unexpected
        ? thrown.mistakes
        : [scenario.source.mistake(scenario.filters && !stage ? ['filters'] : [], describe(thrown))];
    parts.push({ place, status: 'failed', mistakes, conversation: stage?.conversation() ?? [], ms: ms() });
    return undefined;
  } finally {
    await stage?.close();
  }
}

/** Nothing that a change of the scenario could mend. */
function isMissing(thrown: unknown): boolean {
  return thrown instanceof TollgateError && ['envoy_missing', 'port_in_use'].includes(thrown.code);
}

function describe(thrown: unknown): string {
  if (thrown instanceof TollgateError) return [thrown.rawMessage, ...thrown.details].join('\n  ');
  return thrown instanceof Error ? thrown.message : String(thrown);
}

/** What a part has to say, line by line, the first line for the place in the file. */
export function explain(part: Part): string[] {
  const lines = part.mistakes.map(formatMistake);
  if (part.conversation.length === 0) return lines;
  return [...lines, 'the conversation of this step:', ...part.conversation.map((line) => `  ${line}`)];
}
