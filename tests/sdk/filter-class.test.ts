// From a class to a module: what the transform exports, what it refuses, and that a stream's fields are its own.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Host } from '@tollgate/host-sim';
import { compileFilter } from '../../tools/build-filters.mjs';

const HEAD = `
import {
  Action,
  Decoder,
  HttpFilter,
  Root,
  Slice,
  TcpFilter,
  Value,
  Writer,
  make,
  request,
  requestHeaders,
  responseHeaders,
  sendLocalResponse,
} from 'proxy-wasm';

@unmanaged
class Settings { limit: u64; name: Slice; }
`;

const compile = (text: string) => compileFilter('class.ts', ['--outFile', 'class.wasm', '-O1'], HEAD + text);

async function exportsOf(text: string): Promise<string[]> {
  const module = await WebAssembly.compile(Uint8Array.from(await compile(text)));
  return WebAssembly.Module.exports(module)
    .map(({ name }) => name)
    .filter((name) => name.startsWith('proxy_on_'))
    .map((name) => name.slice('proxy_on_'.length))
    .sort();
}

const configure = `
  static configure(decoder: Decoder, value: Value | null): Settings | null {
    const settings = make<Settings>(decoder.arena);
    settings.limit = decoder.whole(decoder.required(value, 'limit'), 1, 100);
    settings.name = decoder.text(decoder.required(value, 'name'));
    decoder.end(value);
    return settings;
  }`;

test('a filter with one callback exports that and nothing about streams', async () => {
  const text = '@filter class F extends HttpFilter { onRequestHeaders(): Action { return Action.CONTINUE; } }';
  assert.deepEqual(await exportsOf(text), ['memory_allocate', 'request_headers']);
});

test('a configuration brings roots, fields bring slots, and a static callback neither', async () => {
  const headers = 'onRequestHeaders(): Action { return Action.CONTINUE; }';
  assert.deepEqual(await exportsOf(`@filter class F extends HttpFilter<Settings> { ${headers} ${configure} }`), [
    'configure',
    'context_create',
    'memory_allocate',
    'request_headers',
  ]);
  assert.deepEqual(await exportsOf(`@filter class F extends HttpFilter { seen: u32; ${headers} }`), [
    'context_create',
    'delete',
    'memory_allocate',
    'request_headers',
  ]);
  assert.deepEqual(
    await exportsOf(`@filter class F extends HttpFilter { ${headers} static onLog(stream: u32): void {} }`),
    ['log', 'memory_allocate', 'request_headers'],
  );
});

test('every callback of the ABI has its method', async () => {
  const http = `@filter class F extends HttpFilter<Settings> {
    onRequestHeaders(count: u32, endOfStream: bool): Action { return Action.CONTINUE; }
    onRequestBody(size: u32, endOfStream: bool): Action { return Action.CONTINUE; }
    onRequestTrailers(count: u32): Action { return Action.CONTINUE; }
    onResponseHeaders(count: u32, endOfStream: bool): Action { return Action.CONTINUE; }
    onResponseBody(size: u32, endOfStream: bool): Action { return Action.CONTINUE; }
    onResponseTrailers(count: u32): Action { return Action.CONTINUE; }
    onLog(): void {}
    onDone(): bool { return true; }
    onDelete(): void {}
    onHttpCallResponse(token: u32, count: u32, size: u32, trailers: u32): void {}
    onGrpcInitialMetadata(token: u32, count: u32): void {}
    onGrpcMessage(token: u32, size: u32): void {}
    onGrpcTrailingMetadata(token: u32, count: u32): void {}
    onGrpcClose(token: u32, status: u32): void {}
    static onTick(root: Root<Settings>): void {}
    static onQueueReady(root: Root<Settings>, queue: u32): void {}
    static onForeignFunction(root: Root<Settings>, id: u32, size: u32): void {}
    static onVmStart(length: u32): bool { return true; }
    ${configure} }`;
  assert.deepEqual(
    await exportsOf(http),
    `configure context_create delete done foreign_function grpc_close grpc_receive grpc_receive_initial_metadata
    grpc_receive_trailing_metadata http_call_response log memory_allocate queue_ready request_body request_headers
    request_trailers response_body response_headers response_trailers tick vm_start`.split(/\s+/),
  );
  const tcp = `@filter class F extends TcpFilter {
    bytes: u64;
    onNewConnection(): Action { return Action.CONTINUE; }
    onDownstreamData(size: u32, endOfStream: bool): Action { this.bytes += size; return Action.CONTINUE; }
    onUpstreamData(size: u32, endOfStream: bool): Action { return Action.CONTINUE; }
    onDownstreamClose(peer: u32): void {}
    onUpstreamClose(peer: u32): void {} }`;
  assert.deepEqual(
    await exportsOf(tcp),
    `context_create delete downstream_connection_close downstream_data memory_allocate new_connection
    upstream_connection_close upstream_data`.split(/\s+/),
  );
});

const mistakes: [string, RegExp][] = [
  [
    'onRequestHeader(): Action { return 0; }',
    /onRequestHeader is not a callback of HttpFilter; did you mean onRequestHeaders\?/,
  ],
  ['onDownstreamData(size: u32): Action { return 0; }', /onDownstreamData is not a callback of HttpFilter/],
  [
    'onRequestHeaders(count: string): Action { return 0; }',
    /must be onRequestHeaders\(count: u32, endOfStream: bool\): Action/,
  ],
  ['onRequestHeaders(): void {}', /must be onRequestHeaders\(count: u32, endOfStream: bool\): Action/],
  ['onTick(): void {}', /onTick is a callback of the plugin: it must be static/],
  ['constructor() {}', /A filter class cannot have a constructor/],
  ['seen: u32 = 1;', /seen cannot have an initial value/],
  ['seen: string;', /seen cannot be a string or an array/],
  ["onRequestHeaders(): Action { const s: Slice = 'a'; return s == 'a' ? 0 : 1; }", /Compare bytes with \.equals/],
];

for (const [member, message] of mistakes) {
  test(`refused by the compiler: ${member}`, async () => {
    await assert.rejects(compile(`@filter class F extends HttpFilter { ${member} }`), message);
  });
}

/** Counts a stream's callbacks in its fields, and answers with them. */
const COUNTER = `@filter class Counter extends HttpFilter<Settings> {
  seen: u32;
  onRequestHeaders(): Action {
    this.seen++;
    const headers = requestHeaders.all()!;
    if (!headers.first('x-stop')) return Action.CONTINUE;
    sendLocalResponse(403, 'stopped', this.configuration.name, '', -1);
    return Action.PAUSE;
  }
  onResponseHeaders(): Action {
    this.seen++;
    responseHeaders.add('x-seen', Writer.in(request).decimal(this.seen).done());
    return Action.CONTINUE;
  }
  ${configure} }`;

test("a stream's fields begin at zero and last to its end, and the configuration is the plugin's", async () => {
  const host = await Host.load(Uint8Array.from(await compile(COUNTER)), { config: { limit: 1, name: 'ours' } });
  for (let i = 0; i < 3; i++) assert.equal((await host.request({ path: '/' })).header('x-seen'), '2');
  const stopped = await host.request({ path: '/', headers: { 'x-stop': '1' } });
  assert.equal(stopped.status, 403);
  assert.equal(stopped.body.toString(), 'ours');
});

test('a configuration is refused with its path', async () => {
  const module = Uint8Array.from(await compile(COUNTER));
  await assert.rejects(
    Host.load(module, { config: { limit: 1000, name: '' } }),
    /configuration: \$\.limit: must be a whole number from 1 to 100/,
  );
});

test('plugins that share a VM have a configuration each', async () => {
  const plugins = [{ config: { limit: 1, name: 'second' } }];
  const host = await Host.load(Uint8Array.from(await compile(NAMES)), { config: { limit: 1, name: 'first' }, plugins });
  const { upstream } = await host.request({ path: '/' });
  assert.deepEqual(
    upstream?.headers.filter(([name]) => name === 'x-name').map(([, value]) => value),
    ['first', 'second'],
  );
});

const NAMES = `@filter class Names extends HttpFilter<Settings> {
  onRequestHeaders(): Action {
    requestHeaders.add('x-name', this.configuration.name);
    return Action.CONTINUE;
  }
  ${configure} }`;

test('the answer to a call comes to the stream that made it', async () => {
  const host = await Host.load(Uint8Array.from(await compile(ASKS)));
  host.setCallout('authz', (request) => (request.path === '/good' ? 200 : 403));
  const [good, bad] = await Promise.all(['/good', '/bad'].map((path) => host.request({ path })));
  assert.equal(good?.status, 200);
  assert.equal(bad?.status, 403);
});

/** Asks the cluster `authz` about the path, and lets the request go on if the answer is 200. */
const ASKS = `
import { HttpCall, continueRequest, httpCallStatus } from 'proxy-wasm';
@filter class Asks extends HttpFilter {
  asked: bool;
  onRequestHeaders(): Action {
    const call = HttpCall.to('authz', 'GET', 'authz', requestHeaders.first(':path')!);
    this.awaits(call.send(1000));
    this.asked = true;
    return Action.PAUSE;
  }
  onHttpCallResponse(): void {
    if (this.asked && httpCallStatus() == 200) continueRequest();
    else sendLocalResponse(403, 'refused', '', '', -1);
  }
}`;

test('a stream for which there is no slot is refused, and one that ends makes room', async () => {
  const module = await WebAssembly.compile(Uint8Array.from(await compile(COUNTER)));
  let refused = 0;
  const imports: Record<string, Record<string, () => number>> = {};
  for (const { module: area, name } of WebAssembly.Module.imports(module)) {
    imports[area] = { ...imports[area], [name]: name === 'proxy_send_local_response' ? () => refused++ : () => 1 };
  }
  const { exports } = await WebAssembly.instantiate(module, imports);
  const call = exports as Record<string, (...values: number[]) => number>;
  call._initialize?.();
  // Without a configuration no stream has what it needs.
  call.proxy_on_context_create?.(1, 0);
  call.proxy_on_context_create?.(2, 1);
  assert.equal(call.proxy_on_request_headers?.(2, 0, 1), 1);
  assert.equal(refused, 1);
  // What comes of a stream that never began, or is over, passes: its refusal does.
  call.proxy_on_delete?.(2);
  assert.equal(call.proxy_on_response_headers?.(2, 0, 1), 0);
  assert.equal(call.proxy_on_response_headers?.(77, 0, 1), 0);
  assert.equal(refused, 1);
});

test('only the door of the SDK is open to a filter', async () => {
  const deep = `import { free } from 'proxy-wasm/assembly/memory/heap';
@filter class Deep extends HttpFilter { static onRequestHeaders(): Action { free(0); return Action.CONTINUE; } }`;
  await assert.rejects(compile(deep), /Import it from 'proxy-wasm': filters cannot import the SDK's own files/);
});

/** Answers with what the header's value is between brackets, asked for alone and among all. */
const BLANKS = `@filter class Blanks extends HttpFilter {
  static onRequestHeaders(stream: u32): Action {
    const alone = requestHeaders.first('x-name')!;
    const among = requestHeaders.all()!.first('x-name')!;
    const text = Writer.in(request).text('[').text(alone).text('] [').text(among).text('] [');
    sendLocalResponse(200, 'said', text.text(requestHeaders.first(':path')!).text(']').done(), '', -1);
    return Action.PAUSE;
  }
}`;

test('a value has no blanks around it, however it is read', async () => {
  const host = await Host.load(Uint8Array.from(await compile(BLANKS)));
  const { body } = await host.request({ path: '/a ', headers: { 'x-name': ' \ta b\t ' } });
  assert.equal(body.toString(), '[a b] [a b] [/a ]');
});
