// What the filters take besides CPU: bytes of the modules, time to take in many rules, memory after many requests.
import { statSync } from 'node:fs';
import { quantile } from './filters.mjs';
import { cell, rssMib } from './load.mjs';
import { compiled, policy } from './policies.mjs';
import { loadMsMax, sizes } from './rows.mjs';
import { StubHost } from './stub-host.mjs';
import { verdict } from './table.mjs';

export function moduleSizes(root) {
  return Object.entries(sizes).map(([name, target]) => {
    const value = Number((statSync(`${root}/filters/build/${name}.wasm`).size / 1024).toFixed(1));
    return verdict({ what: `${name}.wasm`, value, unit: 'KiB' }, value, target);
  });
}

/** The time of `proxy_on_configure` alone, in V8 as Envoy starts it: the host around it hands over the text and nothing else. */
export async function loadTime(root, rules = 100_000) {
  const { modulePath } = await import('@tollgate/filters');
  const plugin = await compiled(root, modulePath('governance'), policy.accessRules(rules));
  const { vm_config, configuration } = plugin.typed_config.config;
  const module = new WebAssembly.Module(Buffer.from(vm_config.code.local.inline_bytes, 'base64'));
  const text = Buffer.from(configuration.value);
  const times = Array.from({ length: 5 }, () => new StubHost(module, text).configure());
  const value = Number(quantile(times, 0.5).toFixed(1));
  return verdict({ what: `${rules} rules taken in by a VM`, value, unit: 'ms' }, value, loadMsMax);
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
