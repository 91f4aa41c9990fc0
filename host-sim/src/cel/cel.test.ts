import assert from 'node:assert/strict';
import { generateKeyPairSync, verify } from 'node:crypto';
import { readFileSync } from 'node:fs';
import test from 'node:test';
import { readFields, writeFields } from '../abi/protobuf.js';
import { sign } from '../abi/sign.js';
import { Host } from '../host/host.js';
import { compileStreamProbe } from '../testing/compile.js';
import type { RecordedConversation } from '../testing/conversation.js';
import { ParityCount } from '../testing/parity-count.js';
import { requestOf } from '../testing/replay.js';

const RECORDED = JSON.parse(readFileSync(new URL('../testing/envoy-1.40-streams.json', import.meta.url), 'utf8'))
  .cel as RecordedConversation[];
/** Durations and ids differ from run to run. */
const tidy = (line: string) => line.replace(/(cel request\.duration -> 0 evaluated|ff expr_create \d+ -> 0).*/, '$1 X');
/** Lines of a recording that a Host answers otherwise, and why. */
const DIFFERENT: Record<string, string> = {
  'cel %7b"a":%20"b",%20"c":%20"d"%7d':
    'maps come in the order in which they are written; in Envoy, in that of a hash table',
};
const differenceOf = (line: string) => Object.keys(DIFFERENT).find((part) => line.includes(part));

test('expressions are accepted, refused and valued as in Envoy 1.40', async (t) => {
  const parity = new ParityCount('expressions of CEL', 'recorded');
  for (const recorded of RECORDED) {
    await t.test(recorded.name, async () => {
      const sim = await Host.load(await compileStreamProbe(), {
        config: 'hello',
        name: 'governance',
        properties: {
          'xds.virtual_host_name': 'default/vendors',
          'xds.cluster_name': 'inbound/default/vendors/8080',
          'xds.node.id': 'n1',
        },
      });
      sim.setUpstream(() => ({ headers: { 'x-up': 'yes' }, body: 'ok' }));
      const [, bytes] = recorded.steps[0] as [string, string];
      const sent = sim.request({ ...requestOf(bytes), authority: 'shop' });
      if (recorded.crashed) {
        await assert.rejects(sent, /\[envoy_crash\]/);
        parity.same(recorded.name);
        return;
      }
      const { log } = await sent;
      const lines = (all: string[]) =>
        all
          .filter((line) => / (cel|ff|setprop|prop) /.test(line) && !differenceOf(line))
          .map((line) => tidy(line.replace('[info] ', '')));
      const expected = lines(recorded.log);
      assert.deepEqual(lines(log.map(({ message }) => message)), expected);
      const different = recorded.log.map(differenceOf).find((part) => part !== undefined);
      if (different === undefined) parity.same(recorded.name);
      else parity.differs(recorded.name, DIFFERENT[different] ?? '');
    });
  }
  parity.tell(t);
});

test('a signature is made with the key that is given', () => {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const text = Buffer.from('to be signed');
  for (const key of [
    [2, privateKey.export({ format: 'der', type: 'pkcs8' })],
    [4, Buffer.from(privateKey.export({ format: 'pem', type: 'pkcs8' }))],
  ] as [number, Uint8Array][]) {
    const answer = readFields(sign(writeFields([[1, Buffer.from('sha256')], key, [3, text]])) ?? new Uint8Array());
    assert.equal(answer?.get(1), 1n);
    assert.equal(verify('sha256', text, publicKey, answer?.get(2) as Uint8Array), true);
  }
  assert.equal(sign(writeFields([[1, Buffer.from('sha256')]])), undefined);
});
