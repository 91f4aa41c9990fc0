// Builds the filters of foreign toolchains, tests/foreign/{rust,go,wat}, so that the same sources give the same bytes anywhere:
// locked dependencies, no paths of this machine. See tests/foreign/README.md.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { brotliCompressSync, brotliDecompressSync } from 'node:zlib';

const foreign = fileURLToPath(new URL('../tests/foreign/', import.meta.url));
const built = join(foreign, 'built');
const records = join(built, 'built.json');
const rustTarget = 'wasm32-wasip1';
// AssemblyScript brings the assembler along.
const require = createRequire(createRequire(import.meta.url).resolve('assemblyscript/package.json'));

/** By name: `version` says what is installed here, undefined where it is not, and `build` gives the modules by name. */
export const toolchains = {
  rust: { version: rustVersion, build: buildRust },
  go: { version: () => firstLine('go', ['env', 'GOVERSION']), build: buildGo },
  wat: { version: () => `binaryen ${require('binaryen/package.json').version}`, build: buildWat },
};

/** Builds the modules of a toolchain in a folder of its own; by the names that they have in tests/foreign/built. */
export async function buildForeign(name) {
  const scratch = mkdtempSync(join(tmpdir(), 'tollgate-foreign-'));
  try {
    return await toolchains[name].build(scratch);
  } finally {
    spawnSync('chmod', ['-R', 'u+w', scratch]);
    rmSync(scratch, { recursive: true, force: true });
  }
}

/** What made the modules that are kept: a digest of the sources, and the toolchain. */
export function recorded() {
  return JSON.parse(readFileSync(records, 'utf8'));
}

export function sourcesDigest(toolchain) {
  const hash = createHash('sha256');
  const folder = join(foreign, toolchain);
  const names = readdirSync(folder, { recursive: true }).filter((name) => /\.(rs|toml|go|mod|sum|wat)$/.test(name));
  for (const name of names.sort()) hash.update(`${name}\0`).update(readFileSync(join(folder, name)));
  return hash.digest('hex');
}

/** Keeps modules. Go brings its whole runtime, 2.7 MB: compressed it is a quarter of that. */
export function keep(toolchain, modules) {
  mkdirSync(built, { recursive: true });
  for (const [name, bytes] of modules)
    writeFileSync(join(built, name), name.endsWith('.br') ? brotliCompressSync(bytes) : bytes);
  const record = { sources: sourcesDigest(toolchain), toolchain: toolchains[toolchain].version() };
  writeFileSync(records, `${JSON.stringify({ ...recorded(), [toolchain]: record }, null, 2)}\n`);
}

/** The bytes of a module that is kept. */
export function kept(name) {
  const bytes = readFileSync(join(built, name));
  return name.endsWith('.br') ? brotliDecompressSync(bytes) : bytes;
}

/** Rust without its library for Wasm builds nothing. */
function rustVersion() {
  const root = firstLine('rustc', ['--print', 'sysroot']);
  const there = root !== undefined && readdirSync(join(root, 'lib/rustlib')).includes(rustTarget);
  return there ? firstLine('rustc', ['--version']) : undefined;
}

function buildRust(scratch) {
  const cwd = join(foreign, 'rust');
  // The versions are those of pins/Cargo.toml: a lockfile names a registry, so it is made anew and not kept.
  rmSync(join(cwd, 'Cargo.lock'), { force: true });
  // What proc macros need runs on this machine: so not only what the target needs.
  run('cargo', ['fetch', '--quiet'], { cwd });
  // Where a panic stands in a dependency is in the module, and what a build script writes decides the order of functions.
  const registries = join(process.env.CARGO_HOME ?? join(homedir(), '.cargo'), 'registry/src');
  const names = readdirSync(registries).map((name) => `--remap-path-prefix=${join(registries, name)}=crates`);
  const flags = [...names, `--remap-path-prefix=${foreign}=`, `--remap-path-prefix=${scratch}=target`].join(' ');
  const packages = ['-p', 'parity', '-p', 'governance'];
  run('cargo', ['build', '--release', '--locked', '--offline', '--target', rustTarget, '--quiet', ...packages], {
    cwd,
    env: { ...process.env, CARGO_TARGET_DIR: scratch, RUSTFLAGS: flags },
  });
  const module = (name) => readFileSync(join(scratch, rustTarget, 'release', `${name}.wasm`));
  return new Map([
    ['rust-parity.wasm', module('parity')],
    ['rust-governance.wasm', module('governance')],
  ]);
}

function buildGo(scratch) {
  const file = join(scratch, 'parity.wasm');
  run('go', ['build', '-trimpath', '-buildvcs=false', '-ldflags=-s -w', '-buildmode=c-shared', '-o', file, '.'], {
    cwd: join(foreign, 'go'),
    env: { ...process.env, GOOS: 'wasip1', GOARCH: 'wasm', GOTOOLCHAIN: 'local', GOFLAGS: '-mod=readonly' },
  });
  return new Map([['go-parity.wasm.br', readFileSync(file)]]);
}

async function buildWat() {
  const { default: binaryen } = await import(pathToFileURL(require.resolve('binaryen')).href);
  const modules = new Map();
  for (const name of readdirSync(join(foreign, 'wat')).sort()) {
    const module = binaryen.parseText(readFileSync(join(foreign, 'wat', name), 'utf8'));
    module.setFeatures(binaryen.Features.All);
    if (!module.validate()) throw new Error(`${name} is no valid module`);
    modules.set(`wat-${name.replace(/\.wat$/, '.wasm')}`, module.emitBinary());
    module.dispose();
  }
  return modules;
}

function firstLine(command, args) {
  const { status, stdout } = spawnSync(command, args, {
    encoding: 'utf8',
    env: { ...process.env, GOTOOLCHAIN: 'local' },
  });
  return status === 0 ? stdout.trim().split('\n')[0] : undefined;
}

/** What compilers say goes to standard error: standard output may be a test's. */
function run(command, args, options) {
  const { status, error } = spawnSync(command, args, { stdio: ['ignore', 2, 2], ...options });
  if (error || status !== 0) throw new Error(`${command} failed${error ? `: ${error.message}` : ''}`);
}
