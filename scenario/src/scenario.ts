import { readFileSync } from 'node:fs';
import { basename, dirname, resolve } from 'node:path';
import { mistakesIn, TollgateError } from '@tollgate/model';
import { type FileMistake, readDocuments, type Source } from '@tollgate/policies';
import { checkTogether } from './check-together.js';
import { checkTopology } from './policy-proxies.js';
import { type ScenarioSpec, scenarioFields } from './schema.js';

const scenarioSchema = scenarioFields.superRefine((scenario, context) =>
  checkTogether(scenario, (path, message) => context.addIssue({ code: 'custom', path, message })),
);

/** A checked scenario and where it stands. */
export interface Scenario extends ScenarioSpec {
  name: string;
  file: string;
  /** Where everything in it stands: what is wrong, or was not as expected, is said with its place. */
  source: Source;
}

/** Reads and checks one file. A misspelt field would expect nothing, and be green for ever: so it is a mistake. */
export function loadScenario(file: string): { scenario?: Scenario; mistakes: FileMistake[] } {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (cause) {
    throw new TollgateError('input_invalid', `cannot read ${file}: ${(cause as Error).message}`, { cause });
  }
  return readScenario(file, text);
}

export function readScenario(file: string, text: string): { scenario?: Scenario; mistakes: FileMistake[] } {
  const { documents, mistakes } = readDocuments(file, repeatTexts(text));
  const [document, second] = documents;
  if (mistakes.length > 0) return { mistakes };
  if (!document) return { mistakes: [{ file, line: 1, column: 1, path: '', message: 'contains no scenario' }] };
  if (second) return { mistakes: [second.source.mistake([], 'is a second document: a file holds one scenario')] };
  const checked = scenarioSchema.safeParse(document.value, { reportInput: true });
  if (!checked.success) {
    const found = mistakesIn(checked.error);
    return { mistakes: found.map(({ path, message }) => document.source.mistake(path, message)) };
  }
  const scenario: Scenario = { ...checked.data, name: scenarioName(file), file, source: document.source };
  const policyMistakes = scenario.filters ? [] : checkTopology(scenario);
  return policyMistakes.length > 0 ? { mistakes: policyMistakes } : { scenario, mistakes: [] };
}

export function scenarioName(file: string): string {
  return basename(file).replace(/\.ya?ml$/, '');
}

/** Paths in a scenario are relative to its file. */
export function besideScenario({ file }: Scenario, path: string): string {
  return resolve(dirname(file), path);
}

/** Why a scenario cannot run in a real Envoy; undefined where it can. */
export function simulatorOnly({ steps }: Pick<Scenario, 'steps'>): string | undefined {
  const stepped = steps.findIndex(({ advance }) => advance?.monotonic !== undefined);
  if (stepped >= 0) return `step ${stepped + 1} advances the monotonic clock, which no real Envoy's can`;
  const faulty = steps.findIndex(({ fault }) => fault !== undefined);
  if (faulty >= 0) return `step ${faulty + 1} injects a fault, which only the simulator can do`;
  return undefined;
}

/** `${text*count}`: that text so often. */
const repetition = /\$\{([^{}"]+)\*(\d{1,7})\}/g;

function repeatTexts(text: string): string {
  return text.replace(repetition, (_, repeated: string, count: string) => repeated.repeat(Number(count)));
}
