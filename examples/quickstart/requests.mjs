// The quickstart's requests, from a good one to one too many, and a table of what came of them.
import { spawn } from 'node:child_process';
import { request } from 'node:http';

const provider = { host: '127.0.0.1', port: 9001 };

/** Sends the requests one after the other, until it is asked to end. */
export async function showRequests({ tollgate, folder, env, say, asked }) {
  const token = async (at) => {
    const args = ['token', '-f', folder, '--system', 'orders', ...(at ? ['--at', at] : [])];
    const [name, value] = (await outputOf([tollgate, ...args], { env, signal: asked })).trim().split(': ');
    return { [name]: value };
  };
  const threeDaysAgo = new Date(Date.now() - 3 * 24 * 3_600_000).toISOString();
  say('');
  say(row('request', 'status', 'reason', 'rule'));
  const show = async (what, options) => {
    const result = await send(options);
    asked.throwIfAborted();
    say(row(what, result.status, result.reason, result.rule));
    return result;
  };
  await show('orders asks vendors, signed by its Envoy', { host: '127.0.0.1', port: 7000, path: '/orders/1' });
  await show('straight to vendors, without a token', { ...provider, path: '/vendors/7' });
  await show('with a token that is three days old', {
    ...provider,
    path: '/vendors/7',
    headers: await token(threeDaysAgo),
  });
  await show('from an address that is denied', {
    ...provider,
    path: '/vendors/7',
    headers: await token(),
    localAddress: '127.0.0.13',
  });
  const valid = await token();
  for (let count = 1; count <= 12; count++) {
    const result = await send({ ...provider, path: '/vendors/7', headers: valid });
    asked.throwIfAborted();
    if (result.status === 200) continue;
    say(row('one call more than 10 within 10 s', result.status, result.reason, result.rule));
    break;
  }
}

/** What a program of Node prints. */
function outputOf(args, options) {
  return new Promise((resolve, reject) => {
    const program = spawn(process.execPath, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] });
    const said = { stdout: '', stderr: '' };
    for (const stream of ['stdout', 'stderr'])
      program[stream].setEncoding('utf8').on('data', (text) => {
        said[stream] += text;
      });
    program.once('error', reject);
    program.once('close', (status) => (status === 0 ? resolve(said.stdout) : reject(new Error(said.stderr))));
  });
}

/** One request; an answer of a filter says which rule refused it and why. */
function send({ localAddress, ...options }) {
  return new Promise((resolve) => {
    const call = request({ ...options, agent: false, ...(localAddress ? { localAddress } : {}) }, (response) => {
      const chunks = [];
      response.on('data', (chunk) => chunks.push(chunk));
      response.on('end', () => {
        const reason = response.headers['x-tollgate-reason'] ?? '';
        const rule = reason ? JSON.parse(Buffer.concat(chunks)).rule : '';
        resolve({ status: response.statusCode, reason, rule });
      });
    });
    // Only Linux has all of 127.0.0.0/8 without further ado.
    call.on('error', (error) =>
      resolve({
        status: 'skipped',
        reason: error.code === 'EADDRNOTAVAIL' ? `this system has no ${localAddress}` : error.message,
        rule: '',
      }),
    );
    call.end();
  });
}

function row(request, status, reason, rule) {
  return `  ${String(request).padEnd(46)} ${String(status).padEnd(8)} ${String(reason).padEnd(18)} ${rule}`.trimEnd();
}
