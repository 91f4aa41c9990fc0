/// <reference lib="dom" />
// A configuration that is replaced gives its memory back, however often: Envoy keeps the VM over pushes, and its memory
// never shrinks. A host of a few lines is enough for that.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';

type Exports = Record<string, (...values: number[]) => number> & { memory: WebAssembly.Memory };

const NOT_FOUND = 1;
const BAD_ARGUMENT = 2;

async function host() {
  let configuration = Buffer.alloc(0);
  let exports: Exports;
  const shared = new Map<string, Buffer>();
  const view = () => new DataView(exports.memory.buffer);
  const text = (at: number, length: number) => Buffer.from(exports.memory.buffer, at, length).toString('latin1');
  const give = (bytes: Buffer, atOut: number, lengthOut: number) => {
    const at = exports.proxy_on_memory_allocate?.(bytes.length) ?? 0;
    Buffer.from(exports.memory.buffer).set(bytes, at);
    view().setUint32(atOut, at, true);
    view().setUint32(lengthOut, bytes.length, true);
    return 0;
  };
  const log: string[] = [];
  const roots = new Set<number>();
  const calls: Record<string, (...values: number[]) => number> = {
    proxy_set_effective_context: (id = 0) => (roots.has(id) ? 0 : BAD_ARGUMENT),
    proxy_log: (_level = 0, at = 0, length = 0) => log.push(text(at, length)) && 0,
    proxy_get_buffer_bytes: (_kind, _start, _length, at = 0, length = 0) => give(configuration, at, length),
    proxy_get_shared_data: (key = 0, length = 0, at = 0, lengthOut = 0) => {
      const value = shared.get(text(key, length));
      return value ? give(value, at, lengthOut) : NOT_FOUND;
    },
    proxy_set_shared_data: (key = 0, length = 0, at = 0, size = 0) => {
      shared.set(text(key, length), Buffer.from(Buffer.from(exports.memory.buffer, at, size)));
      return 0;
    },
  };
  const module = await WebAssembly.compile(readFileSync(new URL('../build/governance.wasm', import.meta.url)));
  const imports: Record<string, Record<string, (...values: number[]) => number>> = {};
  for (const { module: area, name } of WebAssembly.Module.imports(module)) {
    imports[area] = { ...imports[area], [name]: calls[name] ?? (() => 0) };
  }
  exports = (await WebAssembly.instantiate(module, imports)).exports as Exports;
  exports._initialize?.();
  return {
    log,
    pages: () => exports.memory.buffer.byteLength / 65536,
    create: (root: number) => {
      roots.add(root);
      exports.proxy_on_context_create?.(root, 0);
    },
    delete: (root: number) => {
      roots.delete(root);
      exports.proxy_on_delete?.(root);
    },
    configure: (root: number, json: unknown) => {
      configuration = Buffer.from(typeof json === 'string' ? json : JSON.stringify(json), 'latin1');
      return exports.proxy_on_configure?.(root, configuration.length);
    },
  };
}

/** Some 20 KB of it. */
function large(push: number) {
  const allow = Array.from({ length: 500 }, (_, i) => `10.${i >> 8}.${i & 255}.${push & 255}/32`);
  const rules = [{ name: 'office', match: [{ path: { prefix: `/${push}` } }], allow }];
  const limits = [{ name: 'all', key: ['consumer'], requests: push, perMs: 1000 }];
  const access = [{ name: 'access', rules }];
  return {
    side: 'provider',
    service: 'v',
    targets: [{ service: 'v', access, ratelimit: [{ name: 'limits', limits }] }],
  };
}

test('two thousand configurations of one plugin leave nothing behind', async () => {
  const vm = await host();
  vm.create(1);
  for (let push = 0; push < 20; push++) assert.equal(vm.configure(1, large(push)), 1, vm.log.join('\n'));
  const pages = vm.pages();
  for (let push = 20; push < 2000; push++) vm.configure(1, large(push));
  assert.equal(vm.pages(), pages);
});

test('nor do plugins that come and go, nor configurations that are refused', async () => {
  const vm = await host();
  const push = (root: number) => {
    vm.create(root);
    assert.equal(vm.configure(root, large(root)), 1, vm.log.join('\n'));
    assert.equal(vm.configure(root, { ...large(root), sied: 'x' }), 0);
    if (root > 1) vm.delete(root - 1);
  };
  for (let root = 1; root < 20; root++) push(root);
  const pages = vm.pages();
  for (let root = 20; root < 1000; root++) push(root);
  assert.equal(vm.pages(), pages);
  assert.match(vm.log.at(-1) ?? '', /^configuration: \$\.sied: is an unknown field$/);
});

/** Some 200 KB in the packed form, which stay where the host wrote them. */
function packed(push: number) {
  const record = (i: number) => `0505e${String(i).padStart(5, '0')}/${String(i).padStart(4, '0')}`;
  const count = 8000 + (push & 1023);
  const digits = [15, 10, 5, 0].map((shift) => String.fromCharCode(0x30 + ((count >> shift) & 31)));
  const rules = [{ packed: digits.join('') + Array.from({ length: count }, (_, i) => record(i)).join('') }];
  return { side: 'provider', service: 'v', targets: [{ service: 'v', access: [{ name: 'access', rules }] }] };
}

test('nor do texts that are kept as they came, taken or refused', async () => {
  const vm = await host();
  const push = (root: number) => {
    vm.create(root);
    assert.equal(vm.configure(root, packed(root)), 1, vm.log.join('\n'));
    assert.equal(vm.configure(root, { ...packed(root), sied: 'x' }), 0);
    assert.equal(vm.configure(root, large(root)), 1);
    assert.equal(vm.configure(root, packed(root)), 1);
    if (root > 1) vm.delete(root - 1);
  };
  for (let root = 1; root < 10; root++) push(root);
  const pages = vm.pages();
  for (let root = 10; root < 60; root++) push(root);
  assert.equal(vm.pages(), pages);
});

test('no text traps, whole or cut off, whatever byte of it is another', async () => {
  const vm = await host();
  vm.create(1);
  const systems = [{ id: 'orders', secrets: ['ORDERS_SECRET'] }];
  const match = [
    { hosts: ['*.a'], headers: { x: { present: true } }, query: { q: { exact: '\u00e9' } }, addresses: ['::1'] },
  ];
  const token = [
    { name: 't', mode: { percent: 12.5 }, carry: 'header', header: 'x-t', systems, rules: [{ name: 'r', match }] },
  ];
  const limits = [{ name: 'l', key: [{ cookie: 'c' }, 'path'], requests: 1, perMs: 2, keysMax: 3 }];
  const target = {
    service: 'v',
    token,
    ratelimit: [{ name: 'l', limits }],
    access: [{ name: 'a', rules: [{ name: 'r' }] }],
    breaker: [{ name: 'b', breakers: [{ name: 'b', trip: { slowPercent: 1, slowAfterMs: 9 }, probes: 2 }] }],
  };
  const whole = JSON.stringify({ side: 'provider', service: 'v', trustedHops: 1, targets: [target] });
  for (let end = 0; end < whole.length; end++) assert.equal(vm.configure(1, whole.slice(0, end)), 0);
  for (let at = 0; at < whole.length; at++) {
    for (const byte of '"\\{}[],:0-e\xff\0 u') {
      vm.configure(1, `${whole.slice(0, at)}${byte}${whole.slice(at + 1)}`);
      vm.configure(1, `${whole.slice(0, at)}${byte}${whole.slice(at)}`);
    }
  }
  assert.doesNotMatch(vm.log.join('\n'), /abort/);
});
