import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { tollgate } from '../support/cli.js';
import { Folder } from '../support/folder.js';
import { RunningProcess } from '../support/running-process.js';

const folder = new Folder({ 'policies.yaml': '' });

/** What bash offers at the end of a line. */
async function offered(line: string): Promise<string[]> {
  const { stdout } = await tollgate(['completion', 'bash']);
  const words = line.split(' ');
  const code = `source ${folder.write('completion.bash', stdout)}
    COMP_WORDS=(${words.map((word) => `'${word}'`).join(' ')}); COMP_CWORD=${words.length - 1}
    _tollgate; printf '%s\\n' "\${COMPREPLY[@]}"`;
  const ended = await new RunningProcess('bash', ['-c', code], { cwd: folder.path }).ended;
  assert.equal(ended.stderr, '');
  return ended.stdout.split('\n').filter((word) => word !== '');
}

describe('tollgate completion', () => {
  const cases: [line: string, words: string[]][] = [
    ['tollgate va', ['validate']],
    ['tollgate test --reporter ', ['spec', 'tap', 'junit']],
    ['tollgate test --reporter j', ['junit']],
    ['tollgate new ', ['filter']],
    ['tollgate completion ', ['bash', 'zsh', 'fish']],
    ['tollgate bootstrap --wa', ['--wasm-path']],
    ['tollgate trace --r', ['--root-id', '--request']],
    // Files are left to the shell.
    ['tollgate validate -f po', []],
    ['tollgate validate --file po', []],
  ];
  for (const [line, words] of cases)
    test(`bash after "${line}"`, async () => {
      assert.deepEqual(await offered(line), words);
    });

  test('zsh and fish get the same words', async () => {
    const zsh = await tollgate(['completion', 'zsh']);
    assert.match(zsh.stdout, /^#compdef tollgate\n/);
    assert.match(zsh.stdout, /'test --reporter'\) compadd -- spec tap junit; return ;;/);
    assert.match(zsh.stdout, /new\) if .* else compadd -- filter; fi ;;/);
    const fish = await tollgate(['completion', 'fish']);
    assert.match(fish.stdout, /from test' -l reporter -x -a 'spec tap junit' -d 'how results are shown'\n/);
    assert.match(
      fish.stdout,
      /from validate' -s f -l file -r -d 'policy files, directories, or - for standard input'\n/,
    );
  });

  test('another shell is a usage error that names these', async () => {
    const { status, stderr } = await tollgate(['completion', 'powershell']);
    assert.equal(status, 2);
    assert.match(stderr, /Allowed choices are bash, zsh, fish/);
  });
});
