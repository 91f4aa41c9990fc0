// Starts the two services and, through `tollgate run`, the two Envoys; sends a handful of requests; stays until Ctrl-C.
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { portsInUse } from './ports.mjs';
import { showRequests } from './requests.mjs';
import { orders, vendors } from './services.mjs';

const tollgate = fileURLToPath(new URL('../../cli/bin/tollgate.js', import.meta.url));
const folder = 'examples/quickstart';
const root = fileURLToPath(new URL('../..', import.meta.url));
/** `tollgate run` kills what does not end within 5 s of being asked. */
const endMs = 8000;
const say = (line) => process.stdout.write(`${line}\n`);

/** Resolves with the exit status. */
export async function quickstart() {
  const env = { ORDERS_SECRET: 's3cret', ...process.env };
  const taken = await portsInUse();
  if (taken) {
    process.stderr.write(`${taken}\n`);
    return 3;
  }
  const asked = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => asked.abort());
  const services = [];
  try {
    services.push(await listen(orders({ proxyPort: 15001 }), 7000), await listen(vendors(), 7001));
    return await withServices(env, asked.signal);
  } catch (error) {
    process.stderr.write(`${error.message}\n`);
    return 3;
  } finally {
    for (const service of services) {
      service.close();
      service.closeAllConnections();
    }
    if (asked.signal.aborted) say('stopped');
  }
}

async function withServices(env, asked) {
  if (asked.aborted) return 0;
  say('starting the Envoys (tollgate run -f examples/quickstart)');
  const run = spawn(process.execPath, [tollgate, 'run', '-f', folder, '--json'], {
    cwd: root,
    env,
    // The channel closes with this process, even when it is killed, and tollgate run ends with it.
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
  });
  const ended = new Promise((resolve) => run.once('exit', (code) => resolve(code ?? 3)));
  asked.addEventListener('abort', () => {
    run.kill('SIGTERM');
    setTimeout(() => run.kill('SIGKILL'), endMs).unref();
  });
  const failures = [];
  const ready = new Promise((resolve) => {
    createInterface({ input: run.stdout }).on('line', (line) => {
      const event = JSON.parse(line);
      if (event.event === 'ready') resolve(true);
      if (event.error) failures.push(event);
    });
  });
  if (await Promise.race([ready, ended.then(() => false)])) {
    process.chdir(root);
    await showRequests({ tollgate, folder, env, say, asked }).catch((error) => {
      if (!asked.aborted) process.stderr.write(`the requests did not come through: ${error.message}\n`);
    });
    if (!asked.aborted) sayHowToTry();
  }
  const status = await ended;
  if (asked.aborted) return 0;
  for (const { message, details = [] } of failures)
    process.stderr.write(`${[message, ...details.map((line) => `  ${line}`)].join('\n')}\n`);
  process.stderr.write('the quickstart has ended; nothing of it is left running\n');
  return status === 0 ? 3 : status;
}

function listen(server, port) {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => resolve(server));
  });
}

function sayHowToTry() {
  say('');
  say('Try the same:');
  say('  curl -i http://127.0.0.1:7000/orders/1                          # through both Envoys');
  say('  curl -i http://127.0.0.1:15001/vendors/7 -H "host: vendors"     # as orders, signed on the way');
  say('  curl -i http://127.0.0.1:9001/vendors/7                         # no token');
  say(
    '  curl -i http://127.0.0.1:9001/vendors/7 -H "$(ORDERS_SECRET=s3cret npx tollgate token -f examples/quickstart --system orders)"',
  );
  say('  curl -i http://127.0.0.1:9001/vendors/7 --interface 127.0.0.13  # a denied address');
  say('  for i in $(seq 12); do curl -s -o /dev/null -w "%{http_code}\\n" http://127.0.0.1:7000/orders/1; done');
  say('');
  say('The rules stand in examples/quickstart/*.yaml. Running until Ctrl-C.');
}
