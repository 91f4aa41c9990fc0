// Runs the programs of a tool, each with a process group of its own: SIGINT, SIGTERM and SIGHUP end the tool with all that
// they have started in turn. Plain JavaScript without dependencies, because on a fresh clone there is nothing else to run.
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const signals = { SIGHUP: 1, SIGINT: 2, SIGTERM: 15 };

/** After SIGTERM; a test file ends its Envoys and removes its folders meanwhile. */
const killMs = 5000;

const running = new Map();
let stopping = false;
/** The exit status of a tool that was asked to end; by default 128 plus the number of the signal. */
let stoppedStatus;

/** Being asked to end is how this tool ordinarily ends. */
export function endsWhenAsked() {
  stoppedStatus = 0;
}

/** As `spawn`; whatever becomes of it, it does not outlive the tool. */
export function startProgram(command, args, options) {
  if (running.size === 0) for (const signal of Object.keys(signals)) process.on(signal, stop);
  const child = spawn(command, args, { ...options, detached: true });
  const ended = new Promise((resolve) => {
    for (const event of ['error', 'close']) child.once(event, resolve);
  });
  running.set(child, ended);
  ended.then(() => {
    running.delete(child);
    if (running.size === 0 && !stopping)
      for (const signal of Object.keys(signals)) process.removeListener(signal, stop);
  });
  return child;
}

/** Resolves with the status at the program's end, and never where that is the end of the tool too. */
export function runProgram(command, args, options) {
  const child = startProgram(command, args, options);
  const ended = new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (status) => {
      if (!stopping) resolve(status);
    });
  });
  return { child, ended };
}

/** A temporary folder that is gone when the tool is. */
export function workFolder(name) {
  const folder = mkdtempSync(join(tmpdir(), name));
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

process.on('exit', () => {
  for (const child of running.keys()) endGroup(child, 'SIGKILL');
});

async function stop(signal) {
  if (stopping) return;
  stopping = true;
  for (const child of running.keys()) endGroup(child, 'SIGTERM');
  const timer = setTimeout(() => {
    for (const child of running.keys()) endGroup(child, 'SIGKILL');
  }, killMs);
  await Promise.allSettled(running.values());
  clearTimeout(timer);
  process.stderr.write('stopped\n');
  process.exit(stoppedStatus ?? 128 + signals[signal]);
}

function endGroup({ pid }, signal) {
  try {
    process.kill(-pid, signal);
  } catch {
    // It has ended.
  }
}
