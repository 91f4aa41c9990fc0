import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import test from 'node:test';
import { within } from '../../../tests/support/wait.js';
import { ManualClock } from '../process/clock.js';
import { bootstrap } from '../testing/bootstrap.js';
import { compileProbe } from '../testing/compile.js';
import { normalize } from '../testing/normalize.js';
import { ParityCount } from '../testing/parity-count.js';
import { exchange } from '../testing/raw-client.js';
import { startUpstream } from '../testing/raw-upstream.js';
import { Gateway } from './gateway.js';

interface Recorded {
  name: string;
  request: string;
  answer: string;
  upstream: string[];
  log: string[];
}

// Bytes in, bytes out, and the probe's log, recorded from Envoy 1.40.0 with this bootstrap. In this order, on one VM.
const RECORDED = JSON.parse(readFileSync(new URL('../testing/envoy-1.40.json', import.meta.url), 'utf8')) as Recorded[];
test('the gateway answers as Envoy 1.40 did', async (t) => {
  const upstream = await startUpstream();
  const clock = new ManualClock();
  const log: string[] = [];
  let logged = () => {};
  const gateway = await Gateway.start(
    bootstrap({ wasm: await compileProbe(), endpoints: [upstream.port], env: ['HS_X'] }),
    {
      env: { HS_X: 'val' },
      clock,
      onLog: ({ level, message }) => {
        log.push(`[${level}] ${message}`);
        logged();
      },
    },
  );
  const ports = { gateway: gateway.listeners[0]?.port ?? 0, upstream: upstream.port };
  const parity = new ParityCount('exchanges of the gateway', 'recorded');
  for (const recorded of RECORDED) {
    await t.test(recorded.name, async () => {
      // Longer than the backoff, so that a VM that trapped in an earlier case comes back as it did in the recording.
      clock.advance('1s');
      log.length = 0;
      upstream.seen.length = 0;
      const whole = new Promise<void>((resolve) => {
        logged = () => {
          if (log.length >= recorded.log.length) resolve();
        };
        if (recorded.log.length === 0) resolve();
      });
      const answer = await exchange(ports.gateway, recorded.request);
      await within(() => `${recorded.log.length} lines; there were:\n${log.join('\n')}`, whole);
      const tidy = (text: string) => normalize(text, ports);
      assert.equal(tidy(answer), recorded.answer);
      assert.deepEqual(upstream.seen.map(tidy), recorded.upstream);
      assert.deepEqual(log.map(tidy), recorded.log.map(tidy));
      parity.same(recorded.name);
    });
  }
  parity.tell(t);
  await gateway.close();
  await upstream.close();
});
