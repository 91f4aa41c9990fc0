// One cell of the table: a fixed number of requests at one listener, and what Envoy's threads ran meanwhile.
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { startProgram } from '../tools/program.mjs';

const streams = 16;
const tools = { h2load: 'nghttp2-client', wrk: 'wrk', taskset: 'util-linux' };

/** The Debian packages of what is not there. */
export function missingTools() {
  return Object.entries(tools).flatMap(([tool, name]) => (spawnSync(tool, ['--version']).error ? [name] : []));
}

/** CPU of the Envoy in µs a request. "H2": one connection of 16 streams; "H1": 16 kept connections. */
export async function cell(pid, protocol, requests, { port, headers, status }) {
  const fields = Object.entries(headers).flatMap(([name, value]) => ['-H', `${name}: ${value}`]);
  const url = `http://127.0.0.1:${port}/`;
  const before = cpuNs(pid);
  const done =
    protocol === 'H2' ? await h2load(requests, fields, url, status) : await wrk(requests, fields, url, status);
  return (cpuNs(pid) - before) / 1000 / done;
}

async function h2load(requests, fields, url, status) {
  const text = await output('h2load', ['-n', String(requests), '-c', '1', '-m', String(streams), ...fields, url]);
  const digit = Math.floor(status / 100);
  const right = Number(new RegExp(`(\\d+) ${digit}xx`).exec(text)?.[1] ?? 0);
  if (right !== requests) throw new Error(`${right} of ${requests} answers of ${url} were ${status}`);
  return requests;
}

/** wrk counts time and not requests: as long as it takes at the usual rate. */
async function wrk(requests, fields, url, status) {
  const seconds = Math.max(1, Math.round(requests / 25_000));
  const text = await output('wrk', ['-t', '1', '-c', String(streams), '-d', `${seconds}s`, ...fields, url]);
  const done = Number(/(\d+) requests in/.exec(text)?.[1] ?? 0);
  const failed = Number(/Non-2xx or 3xx responses: (\d+)/.exec(text)?.[1] ?? 0);
  if (done === 0 || failed !== (status < 300 ? 0 : done)) throw new Error(`${failed} of ${done} answers of ${url}`);
  return done;
}

/** On a core of its own: what the load costs shall not look like Envoy's. */
function output(command, args) {
  return new Promise((resolve, reject) => {
    const child = startProgram('taskset', ['-c', '0', command, ...args], { stdio: ['ignore', 'pipe', 'ignore'] });
    let text = '';
    child.stdout.on('data', (piece) => {
      text += piece;
    });
    child.on('error', reject);
    child.on('close', () => resolve(text));
  });
}

/** What all threads of a process have run, in ns (proc(5), schedstat). */
export function cpuNs(pid) {
  const threads = readdirSync(`/proc/${pid}/task`);
  return threads.reduce(
    (sum, thread) => sum + Number(readFileSync(`/proc/${pid}/task/${thread}/schedstat`, 'utf8').split(' ')[0]),
    0,
  );
}

/** Resident memory of a process in MiB. */
export function rssMib(pid) {
  return Number(/VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1024;
}
