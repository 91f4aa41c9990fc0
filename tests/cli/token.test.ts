import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { tollgate } from '../support/cli.js';
import { document, file } from '../support/documents.js';
import { Folder } from '../support/folder.js';

const env = { ORDERS_SECRET: 's3cret', BILLING_SECRET: undefined };
const system = 'systems: [{ id: orders, secrets: [{ env: ORDERS_SECRET }] }]';
const policies = (spec: string) => file(document('Service', 'vendors', '{}'), document('TokenPolicy', 'tokens', spec));
const folder = new Folder({
  'hmac.yaml': policies(`{ ${system} }`),
  'md5.yaml': policies(`{ digest: md5, ${system} }`),
  'second.yaml': policies(`{ date: second, ${system} }`),
  'headers.yaml': policies(`{ carry: headers, headers: { digest: x-proof }, ${system} }`),
  'files.yaml': policies('{ systems: [{ id: orders, secrets: [{ env: BILLING_SECRET }, { file: old.secret }] }] }'),
  'old.secret': 's3cret\n',
});

function token(name: string, ...args: string[]) {
  return tollgate(['token', '-f', folder.file(name), '--system', 'orders', '--at', '2026-11-21T10:15:00Z', ...args], {
    env,
  });
}

const hmac = 'orders.20261121.0f7a613289c9a3e76df1d4d00e53aa872e3b83c71afc7314366b183d773e0c09';

describe('tollgate token', () => {
  test('the published vectors, one `name: value` line for curl -H', async () => {
    const { status, stdout, stderr } = await token('hmac.yaml');
    assert.deepEqual([status, stdout, stderr], [0, `x-tollgate-token: ${hmac}\n`, '']);
    const md5 = await token('md5.yaml');
    assert.equal(md5.stdout, 'x-tollgate-token: orders.20261121.83210f185968bf44abd1c04a9c1a88eb\n');
  });

  test('a date to the second where the policy says so', async () => {
    assert.match((await token('second.yaml')).stdout, /^x-tollgate-token: orders\.20261121T101500Z\.[0-9a-f]{64}\n$/);
  });

  test('carry: headers gives a line for each header', async () => {
    const { stdout } = await token('headers.yaml');
    assert.equal(stdout, `x-system-id: orders\nx-date: 20261121\nx-proof: ${hmac.split('.')[2]}\n`);
    const { stdout: json } = await token('headers.yaml', '--json');
    assert.deepEqual(Object.keys(JSON.parse(json).headers), ['x-system-id', 'x-date', 'x-proof']);
  });

  test('the first secret that is at hand signs; one trailing newline of a file is dropped', async () => {
    assert.equal((await token('files.yaml')).stdout, `x-tollgate-token: ${hmac}\n`);
  });

  test('an earlier secret that signs in place of the current one is told', async () => {
    const { status, stderr } = await token('files.yaml');
    assert.equal(status, 0);
    assert.equal(
      stderr,
      'warning: signed with an earlier secret of the system "orders", since its current one is not at hand: the environment variable BILLING_SECRET is not set\n',
    );
  });

  test('without any secret: status 3, and every one is named', async () => {
    const { status, stdout, stderr } = await tollgate(['token', '-f', folder.file('hmac.yaml'), '--system', 'orders'], {
      env: { ORDERS_SECRET: undefined },
    });
    assert.deepEqual([status, stdout], [3, '']);
    assert.equal(
      stderr,
      'tollgate: no secret of the system "orders" is available\n  the environment variable ORDERS_SECRET is not set\n',
    );
  });

  test('a secret that no environment variable can hold unchanged is refused, as Envoy could not verify it', async () => {
    const bytes = new Folder({ 'p.yaml': policies('{ systems: [{ id: orders, secrets: [{ file: raw.secret }] }] }') });
    bytes.write('raw.secret', Buffer.from([0x73, 0xff, 0xfe]));
    const { status, stderr } = await tollgate(['token', '-f', bytes.file('p.yaml'), '--system', 'orders']);
    assert.equal(status, 3);
    assert.match(stderr, /raw\.secret .*UTF-8/);
  });

  test('an unknown system, with the near word; a time that is none; a system of several policies', async () => {
    const unknown = await tollgate(['token', '-f', folder.file('hmac.yaml'), '--system', 'order']);
    assert.deepEqual(
      [unknown.status, unknown.stderr],
      [1, 'tollgate: no TokenPolicy knows the system "order", did you mean "orders"?\n'],
    );
    const time = await token('hmac.yaml', '--at', 'noon');
    assert.deepEqual(
      [time.status, time.stderr],
      [2, 'tollgate: "noon" is not a time, write for example 2026-11-21T10:15:00Z\n'],
    );
    const second = folder.write('both/second.yaml', document('TokenPolicy', 'others', `{ ${system} }`));
    const both = ['token', '-f', folder.file('hmac.yaml'), second, '--system', 'orders'];
    const several = await tollgate(both, { env });
    assert.equal(
      several.stderr,
      'tollgate: several policies know the system "orders", choose one: --policy others or tokens\n',
    );
    assert.equal(several.status, 2);
    assert.equal((await tollgate([...both, '--policy', 'others'], { env })).status, 0);
  });
});
