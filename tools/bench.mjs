// `npm run bench`: every benchmark, as ratios measured side by side in one run.

import { filterCosts } from '../bench/filters.mjs';
import { startup } from '../bench/startup.mjs';
import { root, say, setup } from './setup.mjs';

setup();
const { findEnvoy } = await import(`${root}/envoy/dist/binary/index.js`);
const found = await findEnvoy({ env: process.env, report: say });
if (!('path' in found)) {
  say(`the benchmarks need a real Envoy: ${found.missing}`);
  process.exit(3);
}
say('\nstart-up (medians)');
for (const { what, ms, ratio } of await startup({ root, envoy: found.path })) {
  say(`  ${what.padEnd(54)} ${ms.toFixed(0).padStart(5)} ms${ratio ? `   ${ratio.toFixed(2)} x` : ''}`);
}
say("\nEnvoy's CPU a request above a listener without filters (medians; the ratio is to the native line before it)");
const { rows = [], missing } = await filterCosts({ root, envoy: found.path });
if (missing) say(`  not measured, this needs ${missing}`);
for (const { what, us, ratio } of rows) {
  say(`  ${what.padEnd(54)} ${us.toFixed(2).padStart(6)} µs${ratio ? `  ${ratio.toFixed(2)} x` : ''}`);
}
