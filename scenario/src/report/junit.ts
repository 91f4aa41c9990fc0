import { explain, type ScenarioResult } from '../run-scenario.js';
import { type Reporter, titleOf } from './reporter.js';

/** JUnit's XML, which CI servers read. A scenario is a suite, its parts are the cases. */
export function junitReporter(): Reporter {
  const results: ScenarioResult[] = [];
  return {
    begin: () => [],
    result: (result) => {
      results.push(result);
      return [];
    },
    end: ({ passed, failed, skipped }) => [
      '<?xml version="1.0" encoding="UTF-8"?>',
      `<testsuites name="tollgate" tests="${passed + failed + skipped}" failures="${failed}" skipped="${skipped}">`,
      ...results.flatMap(suite),
      '</testsuites>',
    ],
  };
}

function suite(result: ScenarioResult): string[] {
  const { scenario, parts } = result;
  const count = (status: string) => parts.filter((part) => part.status === status).length;
  const attributes = `tests="${parts.length}" failures="${count('failed')}" skipped="${count('skipped')}"`;
  return [
    `  <testsuite name="${escapeXml(scenario.name)}" file="${escapeXml(scenario.file)}" ${attributes}>`,
    ...parts.flatMap((part) => {
      const open = `    <testcase name="${escapeXml(titleOf(result, part))}" classname="${escapeXml(scenario.name)}" file="${escapeXml(scenario.file)}"`;
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
