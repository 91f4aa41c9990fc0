// What a request costs inside the filter, without Envoy: which host calls it makes, and how many ns its own code and the stubs
// run. The calls are the same on any machine; what Envoy takes for each is in README.md.
//   node bench/counts.mjs [WORD …]   of our variants those with one of these words in their name
import { fileURLToPath } from 'node:url';
import { StubHost } from './stub-host.mjs';
import { variants } from './variants.mjs';

const requests = 100_000;
const rounds = 9;
/** So many are behind it when calls are counted: caches are filled, guesses are right. */
const counted = 100;
const ours = 'empty-sdk p1-sdk token limit p1-ours jwt access breaker chain-ours chain-proved refusal-ours'.split(' ');

const words = process.argv.slice(2);
const names = ours.filter((name) => words.length === 0 || words.some((word) => name.includes(word)));
const root = fileURLToPath(new URL('..', import.meta.url));
for (const { name, filters, headers, status } of await variants(root, new Set(names))) {
  const { vm_config, configuration } = filters[0].typed_config.config;
  const module = new WebAssembly.Module(Buffer.from(vm_config.code.local.inline_bytes, 'base64'));
  const text = Buffer.from(configuration.value);
  const calls = hostCalls(new StubHost(module, text, { headers, count: true }), status);
  const ns = fastest(new StubHost(module, text, { headers }));
  const list = [...calls].map(([call, count]) => (count === 1 ? call : `${count} × ${call}`)).join(', ');
  console.log(`${name.padEnd(13)} ${ns.toFixed(0).padStart(6)} ns   ${list}`);
}

/** Those of one request, in the order of their first. */
function hostCalls(host, status) {
  host.configure();
  for (let i = 0; i < counted; i++) host.request();
  if (host.refused !== (status !== 200)) throw new Error(`the request was not answered with ${status}`);
  host.calls.clear();
  host.request();
  return host.calls;
}

/** ns of CPU a request in the best of the rounds: whatever else runs on the machine only adds. */
function fastest(host) {
  host.configure();
  const times = Array.from({ length: rounds }, () => {
    const before = process.cpuUsage();
    for (let i = 0; i < requests; i++) host.request();
    const { user, system } = process.cpuUsage(before);
    return ((user + system) * 1e3) / requests;
  });
  return Math.min(...times);
}
