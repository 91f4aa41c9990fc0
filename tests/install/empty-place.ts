import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { delimiter } from 'node:path';
import { Folder } from '../support/folder.js';
import { RunningProcess } from '../support/running-process.js';
import { root } from './packed.js';
import type { Step } from './page.js';

/** Between what two commands say. */
const mark = '\u001e';

/** An empty folder elsewhere, in which nothing of this repository is found unless it was installed there. */
export class EmptyPlace extends Folder {
  private cwd = this.path;

  constructor(private readonly extra: Record<string, string> = {}) {
    super();
  }

  /** Does what a page says; `changed` are texts of the page with what stands for them here. Commands of `run` stay, and are given back. */
  async follow(steps: readonly Step[], changed: ReadonlyMap<string, string>): Promise<RunningProcess[]> {
    const here = (text: string) => [...changed].reduce((so, [from, to]) => so.replaceAll(from, to), text);
    const staying: RunningProcess[] = [];
    for (const step of steps) {
      if (step.kind === 'file') this.write(`${this.cwd.slice(this.path.length + 1)}/${step.path}`, here(step.text));
      else if (step.commands.some(({ line }) => /\btollgate(\.mjs)? run /.test(line))) {
        const stays = this.bash(`exec env ${here(step.commands[0]?.line ?? '')}`, ['setsid']);
        await stays.line(/^ready/);
        staying.push(stays);
      } else await this.commands(step.commands.map(({ line, says }) => ({ line: here(line), says })));
    }
    return staying;
  }

  /** Runs a few commands as a person types them in one shell; each must succeed and say what is expected. */
  async commands(commands: readonly { line: string; says?: string }[]): Promise<void> {
    const where = this.file('.cwd');
    const lines = commands.flatMap(({ line }) => [line, `printf '${mark}'`]);
    const { status, stdout } = await this.bash(['set -e; exec 2>&1', ...lines, `pwd > '${where}'`].join('\n')).ended;
    const said = stdout.split(mark);
    const failed = commands[said.length - 1];
    assert.equal(status, 0, `${failed?.line} failed:\n${said.at(-1)}`);
    for (const [index, { line, says }] of commands.entries())
      assert.ok(!says || said[index]?.includes(says), `${line} does not say "${says}":\n${said[index]}`);
    this.cwd = readFileSync(where, 'utf8').trim();
  }

  private bash(script: string, before: string[] = []): RunningProcess {
    const [program = 'bash', ...args] = [...before, 'bash', '-c', script];
    return new RunningProcess(program, args, { cwd: this.cwd, env: { ...ofUsersOwn(), ...this.extra } });
  }
}

/** A terminal's Ctrl-C reaches npx and what it started alike. */
export async function pressCtrlC(running: RunningProcess): Promise<void> {
  process.kill(-running.pid, 'SIGINT');
  await running.ended;
}

/** npm hands its scripts the project that they belong to, and its commands; a user's shell has neither. */
function ofUsersOwn(): Record<string, string | undefined> {
  const ofNpm = Object.keys(process.env).filter((name) =>
    /^(npm_(package|lifecycle|command|execpath|node_execpath|config_local_prefix|config_prefix)|INIT_CWD|NODE_)/.test(
      name,
    ),
  );
  const path = (process.env.PATH ?? '').split(delimiter).filter((folder) => !folder.startsWith(root));
  return { ...Object.fromEntries(ofNpm.map((name) => [name, undefined])), PATH: path.join(delimiter) };
}
