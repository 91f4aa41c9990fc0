// Puts the command and everything that it needs into a few files: Node spends more time finding and parsing some four
// hundred small modules than it takes to compile the policies, and whoever installs the command gets no other package.
//
//   cli/bundle/main.js        names the version in force
//   cli/bundle/<digest>/      that version, and for a day the ones before it
//   cli/bundle/.npmignore     the ones before it are in no package
//
// A command that runs loads its parts as it needs them, so its version stays where it is while a new one is built. A version
// is named by what is in it: where nothing changed nothing is written, and a read-only checkout needs no more than that.
import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';

const root = fileURLToPath(new URL('..', import.meta.url));

/** Longer than any command loads parts after its start; `run` may wait for a download before it loads the last one. */
const keptMs = 24 * 3_600_000;

/** The filters, in place of the code that reads them from their package. */
const filterInside = {
  name: 'filter-inside',
  setup({ onLoad }) {
    onLoad({ filter: /envoy\/dist\/shipped-filter\.js$/ }, () => {
      const modules = ['governance', 'tcp'].map((name) => [
        name,
        readFileSync(join(root, `filters/build/${name}.wasm`), 'base64'),
      ]);
      const texts = JSON.stringify(Object.fromEntries(modules));
      return {
        contents: `const modules = ${texts}; export const shippedFilter = (name) => Buffer.from(modules[name], 'base64');`,
      };
    });
  },
};

/** What cli/src/release.ts says. */
const manifest = (name) => JSON.parse(readFileSync(join(root, name, 'package.json'), 'utf8'));
const release = {
  version: manifest('cli').version,
  assemblyscript: manifest('sdk').peerDependencies.assemblyscript,
};

/** commander is CommonJS and requires Node's own modules. */
export const requireInModule =
  "import { createRequire as bundleRequire } from 'node:module'; const require = bundleRequire(import.meta.url);";

/** How esbuild makes one of many modules, for the package and for the self-contained file (standalone.mjs). */
export const bundling = {
  absWorkingDir: root,
  write: false,
  bundle: true,
  platform: 'node',
  format: 'esm',
  target: 'node20',
  minifySyntax: true,
  minifyWhitespace: true,
  plugins: [filterInside],
  define: { TOLLGATE_RELEASE: JSON.stringify(release) },
  logLevel: 'warning',
  metafile: true,
};

/** Builds the bundle into `folder`; says whether something changed. */
export async function bundleCli(folder = join(root, 'cli/bundle')) {
  const files = await bundled();
  const version = digestOf(files);
  const main = join(folder, 'main.js');
  const text = `export { run } from './${version}/main.js';\n`;
  const before = existsSync(main) ? readFileSync(main, 'utf8') : '';
  if (before === text && existsSync(join(folder, version, 'main.js'))) return false;
  mkdirSync(folder, { recursive: true });
  writeVersion(join(folder, version), files);
  replace(join(folder, '.npmignore'), `/*\n!/main.js\n!/${version}\n`);
  replace(main, text);
  sweep(folder, version, /'\.\/(\w+)\/main\.js'/.exec(before)?.[1]);
  return true;
}

async function bundled() {
  const { outputFiles, metafile } = await build({
    ...bundling,
    entryPoints: { main: 'cli/dist/main.js' },
    outdir: 'cli/bundle',
    splitting: true,
    banner: { js: requireInModule },
  });
  const code = outputFiles.map(({ path, contents }) => ({ name: relative(join(root, 'cli/bundle'), path), contents }));
  return [...code, { name: 'licences.txt', contents: Buffer.from(licencesOf(metafile)) }];
}

/** The licences of other people's packages whose code is in a bundle: they ask to go along. */
export function licencesOf({ inputs }) {
  const folders = Object.keys(inputs).flatMap((path) => /^.*node_modules\/(@[^/]+\/)?[^/]+/.exec(path)?.[0] ?? []);
  const texts = [...new Set(folders)].sort().map((folder) => {
    const { name, version, license } = manifest(folder);
    const file = readdirSync(join(root, folder)).find((each) => /^licen[cs]e/i.test(each));
    return `${name} ${version}: ${license}\n\n${file ? readFileSync(join(root, folder, file), 'utf8') : ''}`;
  });
  return texts.join(`\n${'-'.repeat(80)}\n`);
}

function digestOf(files) {
  const hash = createHash('sha256');
  for (const { name, contents } of files) hash.update(`${name}\0${contents.length}\0`).update(contents);
  return hash.digest('hex').slice(0, 16);
}

/** Whole or not at all: written beside, then renamed. */
function writeVersion(target, files) {
  const part = `${target}.${process.pid}`;
  mkdirSync(part, { recursive: true });
  for (const { name, contents } of files) writeFileSync(join(part, name), contents);
  try {
    renameSync(part, target);
  } catch (error) {
    rmSync(part, { recursive: true });
    // Another build was there first; by its name it is the same.
    if (!['EEXIST', 'ENOTEMPTY'].includes(error.code)) throw error;
  }
}

function replace(file, text) {
  const part = `${file}.${process.pid}`;
  writeFileSync(part, text);
  renameSync(part, file);
}

/** A version's time is when it was replaced. */
function sweep(folder, inForce, replaced) {
  const now = new Date();
  if (replaced && replaced !== inForce && existsSync(join(folder, replaced)))
    utimesSync(join(folder, replaced), now, now);
  for (const name of readdirSync(folder)) {
    const path = join(folder, name);
    if (['main.js', '.npmignore', inForce].includes(name)) continue;
    const { mtimeMs } = statSync(path, { throwIfNoEntry: false }) ?? { mtimeMs: Number.POSITIVE_INFINITY };
    if (now.getTime() - mtimeMs > keptMs) rmSync(path, { recursive: true, force: true });
  }
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) await bundleCli();
