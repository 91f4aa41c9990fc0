// The table of `npm run parity`, and what stands below it.
import { say } from './setup.mjs';

const columns = ['cases', 'differing', 'skipped'];

export function printParity({ version, suites, unexplained }) {
  const live = suites.filter(({ envoy }) => envoy === 'live');
  const recorded = suites.filter(({ envoy }) => envoy === 'recorded');
  const width = Math.max(...suites.map(({ suite }) => suite.length), 'all of these'.length) + 2;
  say(`\n${''.padEnd(width)}${columns.map((name) => name.padStart(11)).join('')}`);
  for (const [title, part] of [
    [`played in the simulator and in Envoy ${version}`, live],
    ['played in the simulator, and compared with what Envoy 1.40.0 was recorded to do', recorded],
  ]) {
    if (part.length === 0) continue;
    say(title);
    for (const suite of part) say(row(`  ${suite.suite}`, width, numbersOf(suite)));
    say(row('  all of these', width, part.map(numbersOf).reduce(sum)));
  }
  reasons('differing, and why', suites, ({ differing }) => differing);
  reasons('skipped, and why', suites, ({ skipped }) => skipped);
  if (unexplained.length > 0) say('\nunexplained');
  for (const { suite, name, what } of unexplained) say(`  ${suite}: ${name}\n    ${what.replaceAll('\n', '\n    ')}`);
  say(unexplained.length === 0 ? '\nno difference without a reason' : `\n${unexplained.length} without a reason`);
}

/** The differences that suites told of, and the tests that are red. */
export function unexplainedIn(suites, red) {
  const told = suites.flatMap(({ suite, unexplained }) =>
    Object.entries(unexplained).map(([name, what]) => ({ suite, name, what })),
  );
  return [...told, ...red.map(({ file, red: name, message }) => ({ suite: file, name, what: message }))];
}

function numbersOf({ same, differing, skipped, unexplained }) {
  const different = Object.keys(differing).length + Object.keys(unexplained).length;
  return [same + different, different, Object.keys(skipped).length];
}

function sum(a, b) {
  return a.map((number, index) => number + b[index]);
}

function row(name, width, numbers) {
  return `${name.padEnd(width)}${numbers.map((number) => String(number).padStart(11)).join('')}`;
}

function reasons(title, suites, of) {
  const lines = suites.flatMap((suite) =>
    Object.entries(of(suite)).map(([name, reason]) => `  ${suite.suite}: ${name}: ${reason}`),
  );
  if (lines.length > 0) say(`\n${title}`);
  for (const line of lines) say(line);
}
