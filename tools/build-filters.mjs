// Builds the filters to filters/build/<name>.wasm; a target whose sources did not change is left alone.
//   node tools/build-filters.mjs [name …]
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { filterNames } from '../filters/index.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const output = join(root, 'filters/build');
/** In expressions. Without a limit the whole request path becomes one function of 10 KB: 0.3 KiB less, but slow to compile. */
const INLINED_ONCE_MAX = 160;
/** In expressions: V8 inlines no function of a module into another. A request runs a sixth faster, for 6 % more bytes; 14 are 20 %. */
const INLINED_ALWAYS_MAX = 10;

/** All AssemblyScript sources and what decides how they are compiled, as one digest. */
async function sourcesDigest() {
  const hash = createHash('sha256');
  const compiler = JSON.parse(readFileSync(join(root, 'node_modules/assemblyscript/package.json'), 'utf8')).version;
  hash.update(compiler).update(readFileSync(join(root, 'asconfig.json')));
  hash.update(readFileSync(fileURLToPath(import.meta.url)));
  for (const folder of ['sdk', 'filters']) {
    const names = await readdir(join(root, folder), { recursive: true });
    const sources = names.filter((name) => /(?<!\.test|\.spec|\.d)\.[jt]s$/.test(name) && !name.startsWith('build'));
    for (const name of sources.sort())
      hash.update(`${folder}/${name}\0`).update(readFileSync(join(root, folder, name)));
  }
  return hash.digest('hex');
}

/**
 * Compiles an entry file; `options` are more of asc's own. `text` stands in for the entry, or an object of texts for
 * the files that it names.
 * Returns the module's bytes.
 */
export async function compileFilter(entry, options, text) {
  const { default: asc } = await import('assemblyscript/asc');
  const binary = { bytes: undefined };
  const texts = typeof text === 'string' ? { [entry]: text } : text;
  const { error, stderr } = await asc.main([entry, '--config', 'asconfig.json', '--baseDir', root, ...options], {
    ...(text && { readFile: (name) => texts[name] ?? readSource(name) }),
    writeFile(name, contents) {
      if (name.endsWith('.wasm')) binary.bytes = contents;
    },
    stderr: asc.createMemoryStream(),
    stdout: asc.createMemoryStream(),
  });
  if (error || !binary.bytes) throw new Error(`${entry} does not compile\n${stderr.toString()}`);
  return binary.bytes;
}

/**
 * A filter as we ship it: once more through the optimiser, and again for as long as it becomes smaller. The compiler leaves a
 * function apart that is called in one place if it has more than 80 expressions, and within its caller it needs no frame of
 * its own; and it leaves apart what is short and called often. Parameters as of `compileFilter`.
 */
export async function shippedFilter(entry, options, text) {
  const bytes = await compileFilter(entry, options, text);
  const { default: binaryen } = await import('assemblyscript/binaryen');
  const { BulkMemory, BulkMemoryOpt, MutableGlobals, NontrappingFPToInt, SignExt } = binaryen.Features;
  binaryen.setOptimizeLevel(2);
  binaryen.setShrinkLevel(2);
  binaryen.setOneCallerInlineMaxSize(INLINED_ONCE_MAX);
  binaryen.setAlwaysInlineMaxSize(INLINED_ALWAYS_MAX);
  const optimised = (before) => {
    const module = binaryen.readBinary(before);
    // What the compiler uses of its own accord; a module does not say.
    module.setFeatures(BulkMemory | BulkMemoryOpt | MutableGlobals | NontrappingFPToInt | SignExt);
    module.optimize();
    const after = module.emitBinary();
    module.dispose();
    return after;
  };
  for (let smallest = optimised(bytes); ; ) {
    const smaller = optimised(smallest);
    if (smaller.length >= smallest.length) return smallest;
    smallest = smaller;
  }
}

function readSource(name) {
  const file = resolve(root, name);
  return existsSync(file) ? readFileSync(file, 'utf8') : null;
}

/** One filter is the source of all modules that govern calls; connections have one of their own. */
export const entry = 'filters/governance/index.ts';
export const entryOf = (name) => (name === 'tcp' ? 'filters/tcp/index.ts' : entry);

/** The steps of a module: `governance` has every one, `tcp` those for connections, each other module the one that it is named for. */
function stepsOf(name) {
  if (name === 'tcp') return ['access', 'ratelimit', 'tcp'];
  return name === 'governance' ? filterNames.filter((step) => !['governance', 'tcp'].includes(step)) : [name];
}

export function moduleOptions(name) {
  const names = stepsOf(name).flatMap((step) => ['--use', `${step.toUpperCase()}=1`]);
  return ['--outFile', `${name}.wasm`, '--transform', './filters/governance/callbacks.js', ...names];
}

export async function buildFilters(wanted = [], report = console.log) {
  const digest = await sourcesDigest();
  mkdirSync(output, { recursive: true });
  for (const name of wanted.length ? wanted : filterNames) {
    const file = join(output, `${name}.wasm`);
    const stamp = join(output, `${name}.stamp`);
    if (existsSync(file) && existsSync(stamp) && readFileSync(stamp, 'utf8') === digest) {
      report(`${name}.wasm is up to date`);
      continue;
    }
    const started = performance.now();
    const bytes = await shippedFilter(entryOf(name), moduleOptions(name));
    const part = `${file}.${process.pid}`;
    // Whoever reads the module meanwhile gets the old or the new one, never half of it.
    writeFileSync(part, bytes);
    renameSync(part, file);
    writeFileSync(stamp, digest);
    report(
      `${name}.wasm ${(bytes.length / 1024).toFixed(1)} KiB, ${((performance.now() - started) / 1000).toFixed(1)} s`,
    );
  }
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  try {
    await buildFilters(process.argv.slice(2));
  } catch (error) {
    console.error(error.message);
    process.exitCode = 1;
  }
}
