import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import test from 'node:test';
import type { SimConnection } from '../host/connection.js';
import { Host } from '../host/host.js';
import { compileStreamProbe } from '../testing/compile.js';
import type { RecordedConversation } from '../testing/conversation.js';
import { normalize } from '../testing/normalize.js';
import { ParityCount } from '../testing/parity-count.js';

const RECORDED = JSON.parse(readFileSync(new URL('../testing/envoy-1.40-streams.json', import.meta.url), 'utf8'))
  .network as RecordedConversation[];

/** Addresses and names that a Host has in place of those of the recording. */
const local = (line: string) =>
  normalize(line, { gateway: 1, upstream: 1 })
    .replace('203.0.113.1:40000', 'ADDR')
    .replace('192.0.2.1:8080', '127.0.0.1:PORT')
    .replace('192.0.2.2:80', '127.0.0.1:UPPORT')
    .replace('cluster_name -> 0 "upstream"', 'cluster_name -> 0 "inbound/default/vendors/8080"')
    .replace('"plugin"', '"governance"');

test('TCP connections go as in Envoy 1.40', async (t) => {
  const sim = await Host.load(await compileStreamProbe(), {
    config: 'hello',
    failurePolicy: 'FAIL_RELOAD',
    reloadInterval: '100ms',
  });
  const parity = new ParityCount('TCP connections of a Host', 'recorded');
  for (const recorded of RECORDED) {
    await t.test(recorded.name, () => {
      sim.advance('1s');
      const from = sim.logs.length;
      const connection = sim.connection();
      for (const [who, what] of recorded.steps) {
        if (who === 'wait') sim.advance(what as number);
        else if (who === 'client') speak(connection, what as string);
        else if (what === 'close' || what === 'end') connection.upstreamEnd();
        else connection.upstreamSend(what as string);
      }
      const log = sim.logs.slice(from).map(({ level, message }) => local(`[${level}] ${message}`));
      assert.deepEqual(log, recorded.log);
      assert.deepEqual([connection.received, connection.upstreamReceived], [recorded.answer, recorded.upstream]);
      parity.same(recorded.name);
    });
  }
  parity.tell(t);
});

function speak(connection: SimConnection, what: string): void {
  if (what === 'close') connection.close();
  else if (what === 'end') connection.end();
  else connection.send(what);
}

test('a half-open connection is the test’s own business; a trap closes it; the trace tells all', async () => {
  const sim = await Host.load(await compileStreamProbe());
  const open = sim.connection({ allowHalfOpen: true, peer: '198.51.100.7:1' });
  open.send('DO down=prop source~address').send('x', { end: true });
  assert.equal(open.closed, false);
  open.upstreamSend('last', { end: true });
  assert.deepEqual([open.closed, open.received], [true, 'last']);
  assert.ok(
    open.trace.some((line) => line.includes('= Ok "198.51.100.7:1"')),
    open.trace.join('\n'),
  );
  const trapped = sim.connection().send('DO down=trap');
  assert.deepEqual([trapped.closed, trapped.upstreamReceived], [true, '']);
  // FAIL_CLOSED: nobody else gets in.
  assert.equal(sim.connection().closed, true);
});
