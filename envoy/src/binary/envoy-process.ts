import { type ChildProcess, spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { TollgateError } from '@tollgate/model';
import { deathSignal } from './death-signal.js';
import { endWithUs, signalGroup, temporaryFolder } from './ending.js';
import type { Environment } from './environment.js';
import { limits } from './limits.js';
import { isComplaint, type LogLine, logFormat } from './log-line.js';
import { isBacktrace, LogReader } from './log-reader.js';
import { readLines } from './read-lines.js';

export interface StartOptions {
  /** The binary, as `findEnvoy` gives it. */
  path: string;
  /** For messages; the bootstrap says who the node is. */
  nodeName: string;
  /** An object or JSON or YAML text. It is on disk only until Envoy is ready, in a directory that only this user can enter. */
  bootstrap: string | object;
  /** Where that directory is made; the system's temporary directory otherwise. */
  baseDir?: string;
  concurrency?: number;
  /** All that Envoy, and so a filter, can read of the environment, besides PATH, HOME and their like. */
  env: Environment;
  /** A path for a Unix socket that replaces the bootstrap's admin address. */
  adminSocket?: string;
  /** From which level on the filters' own log lines come; `info` otherwise. Refusals are logged at `debug`. */
  filterLogLevel?: 'debug' | 'info' | 'warning' | 'error';
  /** Takes warnings and errors, and what filters log; of a crash the signal and the backtrace, and nothing that requests carried. */
  onLog?: (line: LogLine) => void;
}

export interface EnvoyExit {
  code: number | null;
  signal: NodeJS.Signals | null;
  /** Envoy's last warnings and errors. */
  complaints: readonly LogLine[];
}

export interface EnvoyProcess {
  readonly nodeName: string;
  readonly pid: number | undefined;
  /** All listeners accept connections. Rejects, with Envoy's own words in the details, when it ends before. */
  readonly ready: Promise<void>;
  /** Never rejects. */
  readonly exited: Promise<EnvoyExit>;
  /** Ends it and whatever is left of it. May be called at any time, and again. */
  stop(): Promise<EnvoyExit>;
}

/** Not the caller's whole environment: a filter may be granted any variable by name, and these carry no secrets. */
const BASICS = ['PATH', 'HOME', 'USER', 'LANG', 'TZ', 'TMPDIR'];

/** Said by each worker as it starts. All listening sockets are open by then, which is not so at `starting workers`. */
const READY = { component: 'main', message: 'worker entering dispatch loop' };

/**
 * Starts an Envoy and keeps watch over it.
 *
 * @example
 * const envoy = startEnvoy({ path, nodeName: 'vendors-1', bootstrap, env: { ORDERS_SECRET }, onLog: console.error });
 * await envoy.ready;
 * process.once('SIGINT', () => envoy.stop());
 */
export function startEnvoy(options: StartOptions): EnvoyProcess {
  const { path, nodeName, bootstrap, baseDir, env, onLog } = options;
  const directory = temporaryFolder('tollgate-envoy-', baseDir);
  let child: ChildProcess;
  try {
    const [command = path, ...args] = [
      ...deathSignal(),
      path,
      ...argumentsFor(options),
      '-c',
      writeBootstrap(directory.path, bootstrap),
    ];
    child = spawn(command, args, {
      env: { ...basics(), ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
      // A process group of its own: Ctrl-C reaches the whole group of a terminal, and whoever supervises would see its
      // Envoys end before it had decided so.
      detached: true,
    });
  } catch (error) {
    directory.remove();
    throw error;
  }
  const release = endWithUs(() => signalGroup(child, 'SIGKILL'));

  let stopped: Promise<EnvoyExit> | undefined;
  const complaints: LogLine[] = [];
  let becomeReady: () => void = () => {};
  const listening = new Promise<'ready'>((resolve) => {
    becomeReady = () => resolve('ready');
  });
  const log = new LogReader();
  readLines(child.stderr, (text) => {
    const line = log.read(text);
    if (!line) return;
    if (line.component === READY.component && line.message === READY.message) becomeReady();
    // Thirty frames would push out what says why it ended.
    if (isComplaint(line) && !isBacktrace(line)) complaints.push(line);
    if (complaints.length > limits.complaintsKept) complaints.shift();
    const wanted = isComplaint(line) || line.component === 'wasm';
    // That it was asked to stop is no warning to whoever asked; what filters say at their end is.
    if (wanted && !(stopped && line.level === 'warning' && line.component !== 'wasm')) onLog?.(line);
  });
  readLines(child.stdout, (message) => onLog?.({ level: 'info', component: 'stdout', message }));

  const exited = new Promise<EnvoyExit>((resolve) => {
    const end = (code: number | null, signal: NodeJS.Signals | null) => {
      release();
      directory.remove();
      resolve({ code, signal, complaints });
    };
    child.once('error', (error) => {
      if (child.pid !== undefined) return; // A signal that could not be sent; the process is still there.
      complaints.push({ level: 'critical', component: 'envoy', message: error.message });
      end(null, null);
    });
    // `close` and not `exit`: the last lines of the log, which say why, are read by then.
    child.once('close', end);
  });

  // Asked once: a second SIGTERM may come when Envoy heeds none any more, and would end it by force.
  const stop = () => {
    stopped ??= stopProcess(child, exited);
    return stopped;
  };
  const ready = becomesReady(nodeName, listening, exited, stop).then(directory.remove);
  // Who does not wait for `ready` (because they stop it at once) must not be ended by its rejection.
  ready.catch(() => {});
  return { nodeName, pid: child.pid, ready, exited, stop };
}

function argumentsFor({ concurrency = 1, adminSocket, filterLogLevel = 'info' }: StartOptions): string[] {
  const args = ['--disable-hot-restart', '--concurrency', String(concurrency), '--log-format', logFormat];
  // The line that READY waits for is at debug. That component says little after the start, and nothing of it is passed on.
  args.push('--log-level', 'warning', '--component-log-level', `main:debug,wasm:${filterLogLevel}`);
  // Envoy merges this into the configuration file.
  if (adminSocket)
    args.push('--config-yaml', JSON.stringify({ admin: { address: { pipe: { path: adminSocket, mode: 0o600 } } } }));
  return args;
}

/** The extension decides how Envoy reads it. */
function writeBootstrap(directory: string, bootstrap: string | object): string {
  const text = typeof bootstrap === 'string' ? bootstrap : JSON.stringify(bootstrap);
  const path = join(directory, text.trimStart().startsWith('{') ? 'bootstrap.json' : 'bootstrap.yaml');
  writeFileSync(path, text, { mode: 0o600 });
  return path;
}

function basics(): Environment {
  return Object.fromEntries(
    BASICS.filter((name) => process.env[name] !== undefined).map((name) => [name, process.env[name]]),
  );
}

async function becomesReady(
  nodeName: string,
  listening: Promise<'ready'>,
  exited: Promise<EnvoyExit>,
  stop: () => Promise<EnvoyExit>,
): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<'late'>((resolve) => {
    timer = setTimeout(() => resolve('late'), limits.readyMs);
  });
  const first = await Promise.race([listening, exited, late]);
  clearTimeout(timer);
  if (first === 'ready') return;
  if (first !== 'late')
    throw failure(`Envoy of node ${nodeName} ended before it was ready (${describeExit(first)})`, first);
  throw failure(
    `Envoy of node ${nodeName} was not ready after ${limits.readyMs / 1000} s, and was stopped`,
    await stop(),
  );
}

/** What Envoy puts before a line that a filter logged: the names of the plugin, as far as they are set. */
const FILTER_LOG = /^wasm log [^:]*: /;

function failure(what: string, { complaints }: EnvoyExit): TollgateError {
  const errors = complaints.filter(({ level }) => level !== 'warning');
  const words = (errors.length > 0 ? errors : complaints).map(({ message }) => message);
  const inUse = words.some((message) => message.includes('Address already in use'));
  // Envoy's last words only say that a filter could not be made; the filter's own say why.
  const filter = words.findLast((message) => FILTER_LOG.test(message));
  const why = filter?.replace(FILTER_LOG, '') ?? words.at(-1);
  return new TollgateError(inUse ? 'port_in_use' : 'envoy_failed', why ? `${what}: ${why}` : what, { details: words });
}

/** What the watchdog says, in the bootstrap's settings, before it aborts Envoy. */
const WATCHDOG = /^Watchdog AbortAction /;

/** `status 1`, `signal SIGKILL` or `signal SIGABRT from its watchdog, because a thread hung`. */
export function describeExit({ code, signal, complaints }: EnvoyExit): string {
  if (!signal) return code === null ? 'it did not start' : `status ${code}`;
  const hung = complaints.some(({ component, message }) => component === 'misc' && WATCHDOG.test(message));
  return hung ? `signal ${signal} from its watchdog, because a thread hung` : `signal ${signal}`;
}

async function stopProcess(child: ChildProcess, exited: Promise<EnvoyExit>): Promise<EnvoyExit> {
  signalGroup(child, 'SIGTERM');
  const timer = setTimeout(() => signalGroup(child, 'SIGKILL'), limits.stopMs);
  const exit = await exited;
  clearTimeout(timer);
  return exit;
}
