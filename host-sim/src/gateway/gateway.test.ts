import assert from 'node:assert/strict';
import { connect, createServer, type Socket } from 'node:net';
import test from 'node:test';
import { stringify } from 'yaml';
import { listen } from '../../../tests/support/listen.js';
import { event, within } from '../../../tests/support/wait.js';
import { bootstrap } from '../testing/bootstrap.js';
import { compileMinimal } from '../testing/compile.js';
import { exchange } from '../testing/raw-client.js';
import { startUpstream } from '../testing/raw-upstream.js';
import { Gateway } from './gateway.js';

const portOf = (gateway: Gateway) => gateway.listeners[0]?.port ?? 0;

test('a YAML text in camel case is served as well', async () => {
  const upstream = await startUpstream();
  const camel = stringify(bootstrap({ endpoints: [upstream.port] })).replace(
    /^(\s*(?:- )?)([a-z]+(?:_[a-z]+)+):/gm,
    (_, indent: string, name: string) =>
      `${indent}${name.replace(/_([a-z])/g, (_m, char: string) => char.toUpperCase())}:`,
  );
  const gateway = await Gateway.start(camel);
  assert.match(
    await exchange(portOf(gateway), 'GET / HTTP/1.1\r\nHost: a\r\n\r\n'),
    /^HTTP\/1\.1 200 OK\r\n[\s\S]*ok$/,
  );
  await gateway.close();
  await upstream.close();
});

test('everything that is not supported is refused by name, all at once', async () => {
  const config = bootstrap({ endpoints: [1] }) as never as Record<string, never>;
  const text = JSON.stringify(config)
    .replace('"envoy.extensions.filters.http.router.v3.Router"', '"x"')
    .replace(
      'type.googleapis.com/envoy.extensions.filters.http.router.v3.Router',
      'type.googleapis.com/envoy.extensions.filters.http.lua.v3.Lua',
    )
    .replace(
      '"timeout":"0s"',
      '"timeout":"0s","hash_policy":[{}],"retry_policy":{"retry_on":"5xx,http3-post-connect-failure"}',
    )
    .replace('"connect_timeout":"1s"', '"connect_timeout":"1s","transport_socket":{}')
    .replace('"match":{"prefix":"/"}', '"match":{"safe_regex":{"regex":"/(?=a)"},"runtime_fraction":{}}');
  await assert.rejects(Gateway.start(JSON.parse(text)), (error: Error) => {
    for (const named of ['Lua', 'hash_policy', 'http3-post', 'transport_socket', 'safe_regex', 'runtime_fraction'])
      assert.match(error.message, new RegExp(named));
    return true;
  });
});

test('a port in use is said so, and nothing stays behind', async () => {
  const other = createServer();
  const port = await listen(other);
  await assert.rejects(
    Gateway.start(bootstrap({ endpoints: [1], port })),
    new RegExp(`\\[address_in_use\\] listener inbound/vendors/8080: 127\\.0\\.0\\.1:${port} is in use`),
  );
  other.close();
});

test('endpoints take turns; none is 503, a refused connection is 503, no virtual host is 404', async () => {
  const [one, two] = [await startUpstream(), await startUpstream()];
  const gateway = await Gateway.start(bootstrap({ endpoints: [one.port, two.port], domains: ['*.example.com'] }));
  for (let i = 0; i < 4; i++) await exchange(portOf(gateway), 'GET / HTTP/1.1\r\nHost: A.Example.COM:99\r\n\r\n');
  assert.deepEqual([one.seen.length, two.seen.length], [2, 2]);
  assert.match(
    await exchange(portOf(gateway), 'GET / HTTP/1.1\r\nHost: example.com\r\n\r\n'),
    /^HTTP\/1\.1 404 Not Found\r\n/,
  );
  await gateway.close();
  await Promise.all([one.close(), two.close()]);
  const empty = await Gateway.start(bootstrap({ endpoints: [] }));
  assert.match(
    await exchange(portOf(empty), 'GET / HTTP/1.1\r\nHost: a\r\n\r\n'),
    /^HTTP\/1\.1 503 [\s\S]*\r\n\r\nno healthy upstream$/,
  );
  await empty.close();
  const refused = await Gateway.start(bootstrap({ endpoints: [one.port] }));
  assert.match(
    await exchange(portOf(refused), 'GET / HTTP/1.1\r\nHost: a\r\n\r\n'),
    /reset reason: remote connection failure$/,
  );
  await refused.close();
});

test('close ends connections, also one with a request on its way', async () => {
  const silent = createServer();
  const port = await listen(silent);
  const asked = event('a connection to the upstream', silent, 'connection');
  const gateway = await Gateway.start(bootstrap({ endpoints: [port], wasm: await compileMinimal('') }));
  const client = connect(portOf(gateway), '127.0.0.1');
  client.write('GET / HTTP/1.1\r\nHost: a\r\n\r\n');
  const [accepted] = await asked;
  const closed = event('the end of the connection', client, 'close');
  await within('the gateway to close', gateway.close());
  await closed;
  (accepted as Socket).destroy();
  silent.close();
});

test('bodies stream through in both directions while the request is open', async () => {
  const echo = createServer((socket) => {
    socket.once('data', () => socket.write('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n'));
    socket.on('data', (chunk) => {
      const body = /\r\n(\w)\r\n(ping\d)\r\n/.exec(`\r\n${chunk.toString('latin1')}`);
      if (body) socket.write(`5\r\n${body[2]}\r\n`);
    });
    socket.on('error', () => {});
  });
  const gateway = await Gateway.start(bootstrap({ endpoints: [await listen(echo)] }));
  const client = connect(portOf(gateway), '127.0.0.1');
  client.write('POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nping1\r\n');
  let got = '';
  client.on('data', (chunk) => {
    got += chunk.toString('latin1');
  });
  const heard = async (text: string) => {
    while (!got.includes(text)) await event(text, client, 'data');
  };
  await heard('ping1');
  client.write('5\r\nping2\r\n');
  await heard('ping2');
  client.destroy();
  await gateway.close();
  echo.close();
});

test('in a TCP listener too, what is not supported is refused by name', async () => {
  const text = JSON.stringify(bootstrap({ endpoints: [1], network: true, wasm: await compileMinimal('') }))
    .replace('"stat_prefix":"tcp"', '"stat_prefix":"tcp","hash_policy":[{}]')
    .replace('filters.network.wasm.v3.Wasm', 'filters.network.redis_proxy.v3.RedisProxy');
  await assert.rejects(Gateway.start(JSON.parse(text)), (error: Error) => {
    for (const named of ['network filter tollgate.governance (.*RedisProxy)', 'hash_policy'])
      assert.match(error.message, new RegExp(named.replaceAll(/[()]/g, '\\$&')));
    return true;
  });
  const none = JSON.parse(text.replace(/,\{"name":"envoy.filters.network.tcp_proxy".*?\}\}(?=\])/, ''));
  await assert.rejects(Gateway.start(none), /the last filter must be a TCP proxy/);
});

test('a TCP proxy draws between weighted clusters', async () => {
  const named = (name: string) => createServer((socket) => socket.end(name).on('error', () => {}));
  const [one, two] = [named('one'), named('two')];
  const [first, second] = [await listen(one), await listen(two)];
  const text = JSON.stringify(
    bootstrap({ endpoints: [first], callout: second, network: true, wasm: await compileMinimal('') }),
  ).replace(
    /"cluster":"(inbound[^"]*)"/,
    '"weighted_clusters":{"clusters":[{"name":"$1","weight":3},{"name":"callout","weight":1}]}',
  );
  for (const [drawn, expected] of [
    [0.74, 'one'],
    [0.76, 'two'],
  ] as const) {
    const gateway = await Gateway.start(JSON.parse(text), { random: () => drawn });
    const client = connect(portOf(gateway), '127.0.0.1');
    const [heard] = await event(`the word of ${expected}`, client, 'data');
    assert.equal(String(heard), expected);
    client.destroy();
    await gateway.close();
  }
  one.close();
  two.close();
});
