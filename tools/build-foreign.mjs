// Rebuilds the filters of foreign toolchains: tests/foreign/{rust,go,wat} to tests/foreign/built. The results are committed, so
// that nobody needs Rust or Go to run the tests. Without arguments what can be built here is; with names (rust, go, wat) these
// must be. `--check` writes nothing and fails where a source changed since the last build.
//   node tools/build-foreign.mjs [--check] [rust] [go] [wat]
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { brotliCompressSync } from 'node:zlib';

const foreign = fileURLToPath(new URL('../tests/foreign/', import.meta.url));
const built = join(foreign, 'built');
const stamps = join(built, 'sources.json');
// AssemblyScript brings the assembler along.
const require = createRequire(createRequire(import.meta.url).resolve('assemblyscript/package.json'));

const toolchains = {
  rust: { command: 'cargo', build: buildRust },
  go: { command: 'go', build: buildGo },
  wat: { build: buildWat },
};

function buildRust(scratch) {
  // Where a panic stands in a dependency is in the module: not in terms of this machine.
  const home = process.env.CARGO_HOME ?? join(homedir(), '.cargo');
  const registries = join(home, 'registry/src');
  run('cargo', ['fetch', '--quiet', '--target', 'wasm32-wasip1'], { cwd: join(foreign, 'rust') });
  const names = readdirSync(registries).map((name) => `--remap-path-prefix=${join(registries, name)}=crates`);
  const flags = [...names, `--remap-path-prefix=${foreign}=`].join(' ');
  const options = {
    cwd: join(foreign, 'rust'),
    env: { ...process.env, CARGO_TARGET_DIR: scratch, RUSTFLAGS: flags },
  };
  run('cargo', ['build', '--release', '--target', 'wasm32-wasip1', '--quiet'], options);
  const release = join(scratch, 'wasm32-wasip1/release');
  write('rust-parity.wasm', readFileSync(join(release, 'parity.wasm')));
  write('rust-governance.wasm', readFileSync(join(release, 'governance.wasm')));
}

/** Go brings its whole runtime, 2.7 MB: compressed it is a quarter of that. */
function buildGo(scratch) {
  const file = join(scratch, 'parity.wasm');
  const options = { cwd: join(foreign, 'go'), env: { ...process.env, GOOS: 'wasip1', GOARCH: 'wasm' } };
  run('go', ['build', '-trimpath', '-ldflags=-s -w', '-buildmode=c-shared', '-o', file, '.'], options);
  write('go-parity.wasm.br', brotliCompressSync(readFileSync(file)));
}

async function buildWat() {
  const { default: binaryen } = await import(pathToFileURL(require.resolve('binaryen')).href);
  for (const name of readdirSync(join(foreign, 'wat'))) {
    const module = binaryen.parseText(readFileSync(join(foreign, 'wat', name), 'utf8'));
    module.setFeatures(binaryen.Features.All);
    if (!module.validate()) throw new Error(`${name} is no valid module`);
    write(`wat-${name.replace(/\.wat$/, '.wasm')}`, module.emitBinary());
    module.dispose();
  }
}

function write(name, bytes) {
  mkdirSync(built, { recursive: true });
  writeFileSync(join(built, name), bytes);
  console.log(`${name} ${(bytes.length / 1024).toFixed(1)} KiB`);
}

function run(command, args, options) {
  const { status, error } = spawnSync(command, args, { stdio: 'inherit', ...options });
  if (error || status !== 0) throw new Error(`${command} failed${error ? `: ${error.message}` : ''}`);
}

/** Compilers do not promise the same bytes on every machine, so it is the sources that are compared. */
export function sourcesDigest(toolchain) {
  const hash = createHash('sha256');
  const folder = join(foreign, toolchain);
  const names = readdirSync(folder, { recursive: true }).filter((name) => /\.(rs|toml|go|mod|sum|wat)$/.test(name));
  for (const name of names.sort()) hash.update(`${name}\0`).update(readFileSync(join(folder, name)));
  return hash.digest('hex');
}

export function recordedDigests() {
  return JSON.parse(readFileSync(stamps, 'utf8'));
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const wanted = process.argv.slice(2).filter((argument) => argument !== '--check');
  if (process.argv.includes('--check')) {
    const stale = Object.keys(toolchains).filter((name) => recordedDigests()[name] !== sourcesDigest(name));
    if (stale.length > 0) throw new Error(`sources changed since the last build: ${stale.join(', ')}`);
  } else {
    const here = ([name, { command }]) => wanted.includes(name) || !command || !spawnSync(command, ['version']).error;
    const chosen = Object.entries(toolchains).filter(
      (entry) => (wanted.length === 0 || wanted.includes(entry[0])) && here(entry),
    );
    let digests = {};
    try {
      digests = recordedDigests();
    } catch {}
    for (const [name, { build }] of chosen) {
      const scratch = mkdtempSync(join(tmpdir(), 'tollgate-foreign-'));
      try {
        await build(scratch);
        digests[name] = sourcesDigest(name);
      } finally {
        rmSync(scratch, { recursive: true, force: true });
      }
    }
    writeFileSync(stamps, `${JSON.stringify(digests, null, 2)}\n`);
  }
}
