import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { checkExamples, checkFile, type FileMistake, joinFiles } from '@tollgate/policies';
import { assertGolden } from '../support/golden.js';
import { wrong } from './wrong.js';

// All that a user can be told about policies, to be read in one go. UPDATE_GOLDEN=1 writes it anew.
const golden = fileURLToPath(new URL('messages.txt', import.meta.url));

/** What `tollgate validate` finds in a file of this text. */
async function messagesOf(text: string): Promise<string[]> {
  const { model, sources, mistakes, warnings } = joinFiles([checkFile('p.yaml', text)]);
  const found = mistakes.length > 0 ? mistakes : (await checkExamples(model)).map((each) => sources.locate(each));
  const said = ({ path, message }: FileMistake) => (path === '' ? message : `${path}: ${message}`);
  return [...found.map(said), ...warnings.map((warning) => `warning: ${said(warning)}`)];
}

test('every message is as it was read and agreed', async () => {
  const parts: string[] = [];
  for (const [subject, texts] of Object.entries(wrong)) {
    const found = new Set<string>();
    for (const text of texts) {
      const messages = await messagesOf(text);
      assert.notEqual(messages.length, 0, `nothing is wrong with:\n${text.slice(0, 500)}`);
      for (const message of messages) found.add(message);
    }
    parts.push(`# ${subject}\n${[...found].sort().join('\n')}\n`);
  }
  assertGolden(golden, parts.join('\n'));
});

test('no message is left to the schema library', () => {
  for (const line of readFileSync(golden, 'utf8').split('\n'))
    assert.doesNotMatch(line, /: (Invalid|Too (big|small)|Unrecognized)|expected \w+, received/);
});
