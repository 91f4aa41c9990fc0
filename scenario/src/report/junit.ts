import { explain, type Part, type ScenarioResult } from '../run-scenario.js';
import { type Counts, type Reporter, titleOf, type Unplayed } from './reporter.js';

/** JUnit's XML, which CI servers read. A scenario is a suite, its parts are the cases. */
export function junitReporter(): Reporter {
  const results: ScenarioResult[] = [];
  const report = (unplayed: readonly Unplayed[], { passed, failed, skipped }: Counts) => {
    const tests = passed + failed + skipped + unplayed.length;
    const time = seconds(results.flatMap(({ parts }) => parts));
    return [
      '<?xml version="1.0" encoding="UTF-8"?>',
      `<testsuites name="tollgate" tests="${tests}" failures="${failed}" errors="${unplayed.length}" skipped="${skipped}" time="${time}">`,
      ...results.flatMap(suite),
      ...unplayed.flatMap(unplayedSuite),
      '</testsuites>',
    ];
  };
  return {
    begin: () => [],
    result: (result) => {
      results.push(result);
      return [];
    },
    end: (counts) => report([], counts),
    broken: report,
  };
}

const seconds = (parts: readonly Part[]) => (parts.reduce((sum, { ms }) => sum + ms, 0) / 1000).toFixed(3);

function unplayedSuite({ name, file, why }: Unplayed): string[] {
  const where = `name="${escapeXml(name)}" file="${escapeXml(file)}"`;
  return [
    `  <testsuite ${where} tests="1" failures="0" errors="1" skipped="0" time="0.000">`,
    `    <testcase ${where} classname="${escapeXml(name)}" time="0.000">`,
    `      <error message="${escapeXml(why[0] ?? '')}">${escapeXml(why.join('\n'))}</error>`,
    '    </testcase>',
    '  </testsuite>',
  ];
}

function suite(result: ScenarioResult): string[] {
  const { scenario, parts } = result;
  const count = (status: string) => parts.filter((part) => part.status === status).length;
  const attributes = `tests="${parts.length}" failures="${count('failed')}" errors="0" skipped="${count('skipped')}" time="${seconds(parts)}"`;
  return [
    `  <testsuite name="${escapeXml(scenario.name)}" file="${escapeXml(scenario.file)}" ${attributes}>`,
    ...parts.flatMap((part) => {
      const open = `    <testcase name="${escapeXml(titleOf(result, part))}" classname="${escapeXml(scenario.name)}" file="${escapeXml(scenario.file)}" time="${seconds([part])}"`;
      if (part.status === 'passed') return [`${open}/>`];
      const inside =
        part.status === 'skipped'
          ? `<skipped message="${escapeXml(part.reason ?? '')}"/>`
          : `<failure message="${escapeXml(part.mistakes[0]?.message.split('\n')[0] ?? '')}">${escapeXml(explain(part).join('\n'))}</failure>`;
      return [`${open}>`, `      ${inside}`, '    </testcase>'];
    }),
    '  </testsuite>',
  ];
}

/** What XML 1.0 cannot hold at all becomes a question mark. */
const escapeXml = (text: string): string =>
  text
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is taken out
    .replace(/[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]/g, '?')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
