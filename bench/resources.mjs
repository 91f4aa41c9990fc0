// What the filters take besides CPU: bytes of the modules, time to take in many rules, memory after many requests.
import { statSync } from 'node:fs';
import { quantile } from './filters.mjs';
import { cell, rssMib } from './load.mjs';
import { compiled, policy } from './policies.mjs';
import { loadMsMax, sizes } from './rows.mjs';
import { verdict } from './table.mjs';

export function moduleSizes(root) {
  return Object.entries(sizes).map(([name, target]) => {
    const value = Number((statSync(`${root}/filters/build/${name}.wasm`).size / 1024).toFixed(1));
    return verdict({ what: `${name}.wasm`, value, unit: 'KiB' }, value, target);
  });
}

/** The time of `proxy_on_configure` alone, in V8 as Envoy starts it: the host around it hands over the text and nothing else. */
export async function loadTime(root, rules = 100_000) {
  const plugin = await compiled(root, policy.accessRules(rules));
  const { code } = plugin.typed_config.config.vm_config;
  const configuration = Buffer.from(plugin.typed_config.config.configuration.value);
  const module = new WebAssembly.Module(Buffer.from(code.local.inline_bytes, 'base64'));
  const times = Array.from({ length: 5 }, () => {
    const filter = instance(module, configuration);
    filter.proxy_on_context_create(1, 0);
    const started = performance.now();
    if (filter.proxy_on_configure(1, configuration.length) !== 1) throw new Error('the rules were refused');
    return performance.now() - started;
  });
  const value = Number(quantile(times, 0.5).toFixed(1));
  return verdict({ what: `${rules} rules taken in by a VM`, value, unit: 'ms' }, value, loadMsMax);
}

function instance(module, configuration) {
  const give = (bytes, at, size) => {
    const to = exports.proxy_on_memory_allocate(bytes.length);
    new Uint8Array(exports.memory.buffer).set(bytes, to);
    const view = new DataView(exports.memory.buffer);
    view.setUint32(at, to, true);
    view.setUint32(size, bytes.length, true);
    return 0;
  };
  const calls = {
    proxy_get_buffer_bytes: (_type, _start, _size, at, size) => give(configuration, at, size),
    proxy_define_metric: () => 0,
  };
  const imports = {};
  for (const { module: area, name } of WebAssembly.Module.imports(module)) {
    imports[area] ??= {};
    imports[area][name] = calls[name] ?? (() => 0);
  }
  const { exports } = new WebAssembly.Instance(module, imports);
  exports._initialize?.();
  return exports;
}

/** Growth of Envoy's resident memory, in MiB, over the second half of many requests at the whole chain. */
export async function memoryGrowth({ pid, variants }, requests, progress) {
  const chain = variants.find(({ name }) => name === 'chain-ours');
  const half = Math.ceil(requests / 2);
  await cell(pid, 'H2', half, chain);
  const before = rssMib(pid);
  progress(`memory: ${half} requests, ${before.toFixed(1)} MiB`);
  await cell(pid, 'H2', requests - half, chain);
  const value = Number((rssMib(pid) - before).toFixed(1));
  return verdict({ what: `memory after ${requests} requests beside half of them`, value, unit: 'MiB more' }, value, 1);
}
