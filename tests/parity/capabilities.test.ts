import assert from 'node:assert/strict';
import test from 'node:test';
import { Gateway } from '../../host-sim/src/gateway/gateway.js';
import { bootstrap } from '../../host-sim/src/testing/bootstrap.js';
import { compileStreamProbe } from '../../host-sim/src/testing/compile.js';
import { spawnEnvoy } from '../../host-sim/src/testing/envoy-process.js';
import { ParityCount } from '../../host-sim/src/testing/parity-count.js';
import { exchange } from '../../host-sim/src/testing/raw-client.js';
import { startUpstream } from '../../host-sim/src/testing/raw-upstream.js';
import { realEnvoy } from '../support/envoy.js';
import { freePorts } from '../support/ports.js';
import { within } from '../support/wait.js';

const ALLOWED = [
  'proxy_log',
  'proxy_get_header_map_value',
  'proxy_on_context_create',
  'proxy_on_request_headers',
  'proxy_on_response_headers',
  'proxy_on_delete',
  'fd_write',
];
const SCRIPT = 'add 0 x-a 1|prop request~path|sdget k1|fdw 1 text|fdstat 1|clock 0|status|bufstat 0|pairs 0|nope';
const REQUEST = `GET / HTTP/1.1\r\nHost: a\r\nx-do-req: ${SCRIPT}\r\nx-do-res: rem 2 x-up\r\n\r\n`;
const restriction = { allowed_capabilities: Object.fromEntries(ALLOWED.map((name) => [name, {}])) };

test('a restricted filter loads, is called where it may be, and its other calls fail', async (context) => {
  const [{ path }, [port = 0], wasm, upstream] = await Promise.all([
    realEnvoy(),
    freePorts(1),
    compileStreamProbe(),
    startUpstream(),
  ]);
  context.after(() => upstream.close());
  const input = { wasm, endpoints: [upstream.port], plugin: { capability_restriction_config: restriction } };

  /** What was said until the stream was deleted, without what was said at the start: Envoy's may come late. */
  const play = async (lines: string[], at: number, deleted: Promise<void>) => {
    upstream.seen.length = 0;
    await exchange(at, REQUEST);
    await within(() => `the end of the stream; there was said:\n${lines.join('\n')}`, deleted);
    const forwarded = upstream.seen.map((text) => /x-a: 1/.test(text));
    const started = lines.findLastIndex((line) => line.includes('P create root')) + 1;
    return { lines: lines.slice(started).filter((line) => /P |restricted|text/.test(line)), forwarded };
  };
  const listen = () => {
    const lines: string[] = [];
    let over = () => {};
    const deleted = new Promise<void>((resolve) => {
      over = resolve;
    });
    const hear = (line: string) => {
      lines.push(line);
      if (line.endsWith('P delete')) over();
    };
    return { lines, deleted, hear };
  };

  const real = listen();
  const envoy = await spawnEnvoy(path, bootstrap({ ...input, port }), port, (line, whole) =>
    real.hear(line ?? whole.replace('[warning]', '[warn]')),
  );
  context.after(() => envoy.kill('SIGKILL'));
  const expected = await play(real.lines, port, real.deleted);

  const simulated = listen();
  const gateway = await Gateway.start(bootstrap(input), {
    onLog: ({ level, message }) => simulated.hear(`[${level}] ${message}`),
  });
  context.after(() => gateway.close());
  const found = await play(simulated.lines, gateway.listeners[0]?.port ?? 0, simulated.deleted);
  assert.deepEqual(found, expected);
  assert.ok(found.lines.some((line) => line.includes('Attempted call to restricted')));
  const parity = new ParityCount('capabilities');
  parity.same('a restricted VM');
  parity.tell(context);
});
