// Starts the two services and, through `tollgate run`, the two Envoys; sends a handful of requests; stays until Ctrl-C.
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { showRequests } from './requests.mjs';
import { orders, vendors } from './services.mjs';

const tollgate = fileURLToPath(new URL('../../cli/bin/tollgate.js', import.meta.url));
const folder = 'examples/quickstart';
const root = fileURLToPath(new URL('../..', import.meta.url));
const say = (line) => process.stdout.write(`${line}\n`);

/** Resolves with the exit status. */
export async function quickstart() {
  const env = { ORDERS_SECRET: 's3cret', ...process.env };
  const services = [];
  let stopping = false;
  const signals = ['SIGINT', 'SIGTERM'];
  try {
    services.push(await listen(orders({ proxyPort: 15001 }), 7000), await listen(vendors(), 7001));
  } catch (error) {
    for (const service of services) service.close();
    process.stderr.write(`${error.message}\n`);
    return 3;
  }
  say('starting the Envoys (tollgate run -f examples/quickstart)');
  const run = spawn(process.execPath, [tollgate, 'run', '-f', folder, '--json'], {
    cwd: root,
    env,
    // The channel closes with this process, even when it is killed, and tollgate run ends with it.
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
  });
  const ended = new Promise((resolve) => run.once('exit', (code) => resolve(code ?? 3)));
  const stop = () => {
    stopping = true;
    run.kill('SIGTERM');
  };
  for (const signal of signals) process.on(signal, stop);
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
    await showRequests({ tollgate, folder, env, say }).catch((error) =>
      process.stderr.write(`the requests did not come through: ${error.message}\n`),
    );
    if (!stopping) sayHowToTry();
  }
  const status = await ended;
  for (const service of services) {
    service.close();
    service.closeAllConnections();
  }
  for (const signal of signals) process.removeListener(signal, stop);
  if (stopping) {
    say('stopped');
    return 0;
  }
  for (const { message, details = [] } of failures)
    process.stderr.write(`${[message, ...details.map((line) => `  ${line}`)].join('\n')}\n`);
  process.stderr.write('the quickstart has ended; nothing of it is left running\n');
  return status === 0 ? 3 : status;
}

function listen(server, port) {
  return new Promise((resolve, reject) => {
    server.once('error', (error) =>
      reject(
        error.code === 'EADDRINUSE'
          ? new Error(
              `port ${port} of 127.0.0.1 is in use: end the program that holds it (ss -ltnp 'sport = :${port}' shows it), then start again`,
            )
          : error,
      ),
    );
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
