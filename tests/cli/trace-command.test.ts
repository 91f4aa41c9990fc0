import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { askingFilter } from '../support/asking-filter.js';
import { tollgate } from '../support/cli.js';
import { Folder } from '../support/folder.js';
import { tinyFilter } from '../support/tiny-filter.js';

describe('tollgate trace', () => {
  const folder = new Folder();
  before(async () => {
    folder.write('filter.wasm', await tinyFilter(askingFilter));
  });
  const trace = (...args: string[]) => tollgate(['trace', 'filter.wasm', ...args], { cwd: folder.path });

  test('the start, the requests one by one with their answers, and the end', async () => {
    const { status, stdout, stderr } = await trace(
      ...['--config', '{"a":1}', '--callout', 'authz=403', '--request', 'POST /a', '-H', 'X-Ask: 1', '-d', 'hello'],
    );
    assert.deepEqual([status, stderr], [0, '']);
    assert.match(stdout, /^# start\n# on canary\nproxy_on_configure\(context_id=1, plugin_configuration_size=7\)\n/);
    assert.match(stdout, /\n {2}log info: configured with 7 bytes\n/);
    assert.match(
      stdout,
      /\n# POST \/a\n[\s\S]* {2}proxy_get_header_map_value\(map_type="request_headers", key="x-ask"\) = Ok "1"\n/,
    );
    assert.match(
      stdout,
      /proxy_send_local_response\([^\n]*\) = Ok\nlocal reply 403 not_allowed\n[\s\S]*\n# answer 403 \(local reply, not_allowed\)\n/,
    );
    assert.match(stdout, /\ncontent-length: 11\n[\s\S]*\n\nnot allowed\n\n/);
  });

  test('--json: the same as data', async () => {
    const { stdout } = await trace('--json', '--request', 'GET /a', '--request', 'GET /b', '--answer', '503');
    const { start, requests } = JSON.parse(stdout);
    assert.deepEqual([start[0].name, start[0].thread], ['proxy_on_configure', 'canary']);
    assert.deepEqual(
      requests.map((each: { request: string; status: number }) => [each.request, each.status]),
      [
        ['GET /a', 503],
        ['GET /b', 503],
      ],
    );
    assert.equal(requests[0].upstream.path, '/a');
    const increment = requests[0].conversation.find((each: { name: string }) => each.name === 'proxy_increment_metric');
    assert.deepEqual(increment.args, { metric_id: 4, offset: 1 });
  });

  test('--root-id names one of the plugins of a module', async () => {
    const asks = `@external("env", "proxy_get_property")
      declare function get(path: usize, size: u32, at: usize, length: usize): u32;
      export function proxy_on_request_headers(id: u32, count: u32, end: u32): u32 {
        const path = String.UTF8.encode("plugin_root_id");
        get(changetype<usize>(path), path.byteLength, heap.alloc(4), heap.alloc(4));
        return 0;
      }`;
    folder.write('asks.wasm', await tinyFilter(asks));
    const args = ['trace', 'asks.wasm', '--root-id', 'second', '--request', 'GET /'];
    const { status, stdout } = await tollgate(args, { cwd: folder.path });
    assert.equal(status, 0);
    assert.match(stdout, /proxy_get_property\(.*plugin_root_id.*\) = Ok "second"/);
  });

  test('a filter that holds the stream back is said to', async () => {
    const { status, stdout } = await trace('--request', 'GET /', '-H', 'x-ask: 1');
    assert.match(stdout, /\n# no answer: the filter holds the stream back/);
    assert.equal(status, 0);
  });

  test('what is no filter, and what is written wrongly', async () => {
    folder.write('text.wasm', 'hello, this is text');
    const wrong: [number, RegExp, string[]][] = [
      [1, /^tollgate: not a WebAssembly module: wrong magic or version\n/, ['trace', 'text.wasm']],
      [1, /^tollgate: cannot read none\.wasm: ENOENT/, ['trace', 'none.wasm']],
      [1, /^tollgate: cannot read none\.json/, ['trace', 'filter.wasm', '--config', '@none.json']],
      [2, /--request "\/a": write for example "GET \/path"/, ['trace', 'filter.wasm', '--request', '/a']],
      [2, /--header "x": write for example "name: value"/, ['trace', 'filter.wasm', '--request', 'GET /', '-H', 'x']],
      [2, /--answer: "20" is not a status/, ['trace', 'filter.wasm', '--answer', '20']],
      [2, /missing required argument 'filter'/, ['trace']],
    ];
    for (const [status, said, args] of wrong) {
      const ended = await tollgate(args, { cwd: folder.path });
      assert.match(ended.stderr, said);
      assert.equal(ended.status, status);
    }
  });
});
