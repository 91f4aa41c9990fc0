import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { root, tollgate, tollgateBin } from '../support/cli.js';
import { RunningProcess } from '../support/running-process.js';

/** Those that take policy files; the others take files of their own. */
const withPolicies = ['validate', 'bootstrap', 'run', 'token', 'control'];
const commands = [...withPolicies, 'test', 'trace', 'new', 'schema'];

describe('the command line', () => {
  test('--help names every command, and no other: there are no stubs', async () => {
    const { status, stdout } = await tollgate(['--help']);
    assert.equal(status, 0);
    const named = [...stdout.matchAll(/^ {2}([a-z]+) \[(?:options|command)\]/gm)].map(([, name]) => name);
    assert.deepEqual(named, [...commands, 'help']);
  });

  for (const command of commands) {
    test(`${command} --help says what it does and takes`, async () => {
      const { status, stdout, stderr } = await tollgate([command, '--help']);
      assert.deepEqual([status, stderr], [0, '']);
      assert.match(stdout, new RegExp(`^Usage: tollgate ${command} \\[options\\][^\n]*\n\n[a-z]`));
      assert.match(stdout, new RegExp(`\\nExample:\\n {2}.*\\btollgate ${command} `));
      assert.equal(
        /-f, --file <path\.\.\.> +policy files, directories,?\s+or - for/.test(stdout),
        withPolicies.includes(command),
      );
    });
  }

  test('--version', async () => {
    const { status, stdout } = await tollgate(['--version']);
    assert.equal(status, 0);
    assert.match(stdout, /^\d+\.\d+\.\d+\n$/);
  });

  const mistaken: [string, string[], RegExp][] = [
    ['a command of a later release', ['lint', '-f', 'examples'], /unknown command 'lint'/],
    ['a command that is nearly one', ['validat'], /unknown command 'validat'\n\(Did you mean validate\?\)/],
    ['no files', ['validate'], /required option '-f, --file <path\.\.\.>' not specified/],
    ['no node', ['bootstrap', '-f', 'examples/hello.yaml'], /required option '--node <name>' not specified/],
    [
      'an unknown option',
      ['run', '-f', 'examples/hello.yaml', '--wach'],
      /unknown option '--wach'\n\(Did you mean --watch\?\)/,
    ],
    ['an argument too many', ['validate', 'examples', '-f', 'examples'], /too many arguments/],
    ['a port that is none', ['control', '-f', 'examples', '--port', 'http'], /"http" is not a port/],
    [
      'a host in brackets',
      ['control', '-f', 'examples', '--host', '[::1]'],
      /^tollgate: --host "\[::1\]": drop the brackets: write "::1"$/m,
    ],
    ['nothing at all', [], /^Usage: tollgate/],
  ];
  for (const [what, args, said] of mistaken) {
    test(`${what}: status 2, on standard error`, async () => {
      const { status, stdout, stderr } = await tollgate(args);
      assert.match(stderr, said);
      assert.deepEqual([status, stdout], [2, '']);
    });
  }

  for (const [what, args, message] of [
    ['an unknown command', ['lint', '--json'], "unknown command 'lint'"],
    ['no files', ['validate', '--json'], "required option '-f, --file <path...>' not specified"],
    ['a value that is none of the choices', ['test', '--json', '--reporter', 'xml'], /'xml' is invalid/],
    ['a port that is none', ['control', '-f', 'examples', '--port', 'http', '--json'], '"http" is not a port'],
    ['both places', ['test', '--envoy', '--both', '--json'], 'write either --envoy or --both'],
  ] as const)
    test(`${what} with --json: status 2, and the mistake as JSON`, async () => {
      const { status, stdout, stderr } = await tollgate(args);
      const said = JSON.parse(stdout);
      assert.deepEqual([status, stderr, said.error], [2, '', 'usage']);
      if (typeof message === 'string') assert.equal(said.message, message);
      else assert.match(said.message, message);
    });

  test('what was nearly right is in the details', async () => {
    const { stdout } = await tollgate(['run', '-f', 'examples/hello.yaml', '--wach', '--json']);
    assert.deepEqual(JSON.parse(stdout), {
      error: 'usage',
      message: "unknown option '--wach'",
      details: ['(Did you mean --watch?)'],
    });
  });

  test('a data plane that does not exist is a usage error too', async () => {
    const { status, stderr } = await tollgate(['run', '-f', 'examples/hello.yaml'], {
      env: { TOLLGATE_DATA_PLANE: 'nginx' },
    });
    assert.deepEqual([status, stderr], [2, 'tollgate: TOLLGATE_DATA_PLANE is "nginx", write envoy or simulator\n']);
  });

  test('a reader that has seen enough is no crash', async () => {
    // More than a pipe holds (64 KiB), so that the reader is gone before all is written.
    const command = `"${process.execPath}" "${tollgateBin}" bootstrap -f examples/hello.yaml --node hello-1 | head -n 1; echo "status \${PIPESTATUS[0]}"`;
    const { stdout, stderr } = await new RunningProcess('bash', ['-c', command], { cwd: root }).ended;
    assert.match(stdout, /^node:\nstatus 0\n$/);
    assert.doesNotMatch(stderr, /EPIPE|at .*\.js/);
  });
});
