import assert from 'node:assert/strict';
import { test } from 'node:test';
import { tollgate } from '../support/cli.js';
import { Folder } from '../support/folder.js';
import { tinyFilter } from '../support/tiny-filter.js';

const looping = `
  @external("env", "proxy_log") declare function log(level: u32, text: usize, size: u32): u32;
  @external("env", "proxy_get_current_time_nanoseconds") declare function now(at: usize): u32;
  const at = memory.data(8);
  export function proxy_on_request_headers(stream: u32, headers: u32, end: u32): u32 {
    while (true) { now(at); log(2, at, 1); }
    return 0;
  }`;

test('a filter that loops over host calls ends within seconds, in few lines', async () => {
  const folder = new Folder();
  folder.write('loop.wasm', await tinyFilter(looping));
  const { status, stderr } = await tollgate(['trace', folder.file('loop.wasm'), '--request', 'GET /']);
  assert.match(stderr, /proxy_on_request_headers went on for 250000 host calls without coming back/);
  assert.match(stderr, /… these 2 lines [\d,]+ times more/);
  assert.ok(stderr.split('\n').length < 20, stderr.slice(0, 2000));
  assert.equal(status, 1);
});
