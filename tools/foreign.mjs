// `npm run foreign`: rebuilds the filters of foreign toolchains into tests/foreign/built, or checks what is there.
//   npm run foreign -- [--check] [rust] [go] [wat]
// Without names, of all toolchains that are here; named ones must be. `--check` writes nothing, rebuilds and compares.
import { parseArgs } from 'node:util';
import { buildForeign, keep, toolchains } from './build-foreign.mjs';
import { checkForeign } from './check-foreign.mjs';
import { fail, say } from './setup.mjs';

const { values: options, positionals: names } = parseArgs({
  allowPositionals: true,
  options: { check: { type: 'boolean' } },
});
for (const name of names) {
  if (!toolchains[name]) fail(`there is no toolchain ${name}, but ${Object.keys(toolchains).join(', ')}`);
  if (!toolchains[name].version()) fail(`${name} is not installed here (Rust: with the target wasm32-wasip1)`);
}

for (const name of names.length > 0 ? names : Object.keys(toolchains)) await (options.check ? check : build)(name);

async function check(name) {
  const { result, what } = await checkForeign(name);
  say(`${name}: ${result}: ${what}`);
  if (result === 'different') process.exitCode = 1;
}

async function build(name) {
  if (!toolchains[name].version()) return say(`${name}: left as it is: not installed here`);
  const modules = await buildForeign(name);
  keep(name, modules);
  for (const [module, bytes] of modules) say(`${name}: ${module} ${(bytes.length / 1024).toFixed(1)} KiB`);
}
