import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { tollgate, tollgateBin } from '../support/cli.js';
import { Folder } from '../support/folder.js';
import { RunningProcess } from '../support/running-process.js';
import { tinyFilter } from '../support/tiny-filter.js';

const folder = new Folder({
  'one.yaml': 'about: x\nfilters: [{ wasm: filter.wasm }]\nsteps:\n  - { request: {}, expect: { status: 201 } }\n',
});
/** `<31m` is what begins red. */
const shown = (text: string) => text.replaceAll('\x1b[', '<');

/** As in a terminal: `script` gives the command one. */
function onTerminal(args: string[], env: Record<string, string | undefined> = {}) {
  const command = [process.execPath, tollgateBin, ...args].map((word) => `'${word}'`).join(' ');
  return new RunningProcess('script', ['-qec', command, '/dev/null'], {
    cwd: folder.path,
    // Node takes a terminal in CI for one without colours.
    env: { TERM: 'xterm-256color', CI: undefined, NO_COLOR: undefined, FORCE_COLOR: undefined, ...env },
  }).ended;
}

describe('colours', () => {
  before(async () => folder.write('filter.wasm', await tinyFilter('')));

  test('on a terminal: results, warnings and errors', async () => {
    assert.match(shown((await onTerminal(['test', 'one.yaml'])).stdout), /^<31m✖<39m one, in the simulator/m);
    assert.match(shown((await onTerminal(['test', 'none.yaml'])).stdout), /^<31mtollgate:<39m there is no file/m);
    assert.match(shown((await onTerminal(['test', '--no'])).stdout), /^<31merror:<39m unknown option '--no'/m);
  });

  test('none where NO_COLOR is set, or where nobody looks', async () => {
    for (const args of [
      ['test', 'one.yaml'],
      ['test', 'none.yaml'],
      ['test', '--no'],
    ]) {
      const without = await onTerminal(args, { NO_COLOR: '1' });
      assert.doesNotMatch(shown(without.stdout), /</);
      const piped = await tollgate(args, { cwd: folder.path, env: { FORCE_COLOR: '1', NO_COLOR: undefined } });
      assert.doesNotMatch(shown(`${piped.stdout}${piped.stderr}`), /</);
    }
  });
});
