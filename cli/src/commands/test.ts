import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { aborted, askedToEnd, describeEnvoy, findEnvoy } from '@tollgate/envoy/binary';
import { TollgateError } from '@tollgate/model';
import { type FileMistake, formatMistake, readPolicyFiles, watchPolicyFiles } from '@tollgate/policies';
import {
  besideScenario,
  checkModules,
  countParts,
  junitReporter,
  type Place,
  type Reporter,
  readScenario,
  runScenario,
  type Scenario,
  type ScenarioResult,
  scenarioName,
  specReporter,
  tapReporter,
  type Unplayed,
} from '@tollgate/scenario';
import { coloured } from '../colours.js';
import { Mistakes, type Output } from '../output.js';

export interface TestOptions {
  envoy: boolean;
  both: boolean;
  watch: boolean;
  reporter: string;
}

const colours = { passed: 'green', failed: 'red', skipped: 'yellow' } as const;
const reporters: Record<string, () => Reporter> = {
  spec: () => specReporter((status, mark) => coloured(process.stdout, colours[status], mark)),
  tap: tapReporter,
  junit: junitReporter,
};
/** Where scenarios are looked for when none is named. */
const usualPlaces = ['scenarios', 'tests/scenarios'];
/** Each may hold two Envoys; most of a scenario's time goes by while they start. */
const atOnceMax = 3;

/** Runs scenarios; the exit status says whether all went as expected. */
export async function test(files: string[], options: TestOptions, output: Output): Promise<void> {
  if (options.envoy && options.both) throw new TollgateError('usage', 'write either --envoy or --both');
  if (options.watch && output.json) throw new TollgateError('usage', 'write either --watch or --json');
  const paths = files.length > 0 ? files : usualPlaces.filter((path) => existsSync(path));
  if (paths.length === 0)
    throw new TollgateError(
      'usage',
      `name scenario files or directories (neither ${usualPlaces.join(' nor ')} is here)`,
    );
  if (!options.watch) {
    const { failed } = await testOnce(paths, options, output);
    if (failed > 0) process.exitCode = 1;
    return;
  }
  await watchAndTest(paths, options, output);
}

async function testOnce(paths: string[], options: TestOptions, output: Output) {
  const place: Place = options.both ? 'both' : options.envoy ? 'envoy' : 'simulator';
  const reporter = (reporters[options.reporter] as () => Reporter)();
  const say = (lines: string[]) => {
    if (!output.json && lines.length > 0) process.stdout.write(`${lines.join('\n')}\n`);
  };
  say(reporter.begin());
  let scenarios: Scenario[] = [];
  const results: ScenarioResult[] = [];
  try {
    scenarios = loadAll(paths);
    for await (const result of inOrder(scenarios, (scenario) => runScenario(scenario, place, envoyPath(output)))) {
      results.push(result);
      say(reporter.result(result));
    }
  } catch (thrown) {
    say(reporter.broken(unplayedBy(thrown, scenarios.slice(results.length)), countParts(results)));
    throw thrown;
  }
  const counts = countParts(results);
  say(reporter.end(counts));
  if (output.json) output.result('', { ...counts, scenarios: results.map(asData) });
  return counts;
}

/** What a report says of the scenarios that could not be played. */
function unplayedBy(thrown: unknown, left: readonly Scenario[]): Unplayed[] {
  if (thrown instanceof Mistakes) {
    const files = new Set(thrown.mistakes.map(({ file }) => file));
    return [...files].map((file) => ({
      name: scenarioName(file),
      file,
      why: thrown.mistakes.filter((mistake) => mistake.file === file).map(formatMistake),
    }));
  }
  const { rawMessage, details } = TollgateError.from(thrown);
  const why = [rawMessage, ...details];
  if (left.length === 0) return [{ name: 'tollgate test', file: '', why }];
  return left.map(({ name, file }) => ({ name, file, why }));
}

function asData({ scenario, parts }: ScenarioResult) {
  return { name: scenario.name, file: scenario.file, parts };
}

/** All scenarios, or all their mistakes at once. */
function loadAll(paths: string[]): Scenario[] {
  const read = readPolicyFiles(paths).map(({ file, text }) => readScenario(file, text));
  const scenarios = read.flatMap(({ scenario }) => (scenario ? [scenario] : []));
  const mistakes: FileMistake[] = [...read.flatMap((each) => each.mistakes), ...scenarios.flatMap(checkModules)];
  if (mistakes.length > 0) throw new Mistakes(mistakes);
  if (scenarios.length === 0)
    throw new TollgateError('input_invalid', `there are no scenarios in ${paths.join(', ')}: write *.yaml files there`);
  return scenarios;
}

/** Several at once, results in order. */
async function* inOrder<In, Out>(items: readonly In[], work: (item: In) => Promise<Out>): AsyncGenerator<Out> {
  const atOnce = Math.min(atOnceMax, availableParallelism());
  const running: Promise<Out>[] = [];
  let next = 0;
  for (const _ of items) {
    while (next < items.length && running.length < atOnce) {
      const started = work(items[next++] as In);
      // It is waited for in its turn; until then its failure is no unhandled one.
      started.catch(() => {});
      running.push(started);
    }
    yield await (running.shift() as Promise<Out>);
  }
}

let envoy: Promise<string> | undefined;

function envoyPath(output: Output): () => Promise<string> {
  return () => {
    envoy ??= findEnvoy({ env: process.env, report: output.progress }).then((found) => {
      if ('path' in found) {
        output.progress(describeEnvoy(found));
        return found.path;
      }
      throw new TollgateError('envoy_missing', `no Envoy is available: ${found.missing}`);
    });
    return envoy;
  };
}

/** Again and again, whenever a scenario or a module that one names has changed. Ends with Ctrl-C. */
async function watchAndTest(paths: string[], options: TestOptions, output: Output): Promise<void> {
  const { reportFailure } = await import('../output.js');
  const asked = askedToEnd();
  const round = async () => {
    try {
      await testOnce(paths, options, output);
    } catch (thrown) {
      reportFailure(thrown, false);
    }
    output.progress('watching for changes, Ctrl-C ends');
  };
  const watch = await watchPolicyFiles([...paths, ...modulesOf(paths)], round);
  // A round that is under way holds nobody up: what it started ends with this process.
  void round();
  await aborted(asked);
  await watch.close();
}

function modulesOf(paths: string[]): string[] {
  const scenarios = readPolicyFiles(paths).flatMap(({ file, text }) => readScenario(file, text).scenario ?? []);
  const modules = scenarios.flatMap((each) => (each.filters ?? []).map(({ wasm }) => besideScenario(each, wasm)));
  return [...new Set(modules)].filter((path) => existsSync(path));
}
