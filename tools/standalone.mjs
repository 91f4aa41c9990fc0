// build/tollgate.mjs: the command, the simulator and the governance filter in one file that runs wherever Node is. Without
// the control centre, whose HTTP server would be most of it.
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { bundling, licencesOf, requireInModule } from './bundle-cli.mjs';

const file = fileURLToPath(new URL('../build/tollgate.mjs', import.meta.url));

const noControlCentre = {
  name: 'no-control-centre',
  setup({ onLoad }) {
    onLoad({ filter: /cli\/dist\/commands\/control\.js$/ }, () => ({
      contents: `import { TollgateError } from '@tollgate/model';
        export const control = () => {
          throw new TollgateError('usage', 'this file has no control centre, install the package: npm install @tollgate/cli');
        };`,
      resolveDir: bundling.absWorkingDir,
    }));
  },
};

const { outputFiles, metafile } = await build({
  ...bundling,
  stdin: {
    contents: "import { run } from './cli/dist/main.js'; await run(process.argv);",
    resolveDir: bundling.absWorkingDir,
  },
  outfile: file,
  plugins: [...bundling.plugins, noControlCentre],
  banner: { js: `#!/usr/bin/env node\n${requireInModule}` },
});
const [{ text }] = outputFiles;
const end = licencesOf(metafile).replace(/\*\//g, '* /');
write(`${text}/*\nThe code of these packages is in this file:\n\n${end}*/\n`);

/** Only where it differs, and in one step. */
function write(text) {
  if (existsSync(file) && readFileSync(file, 'utf8') === text) return;
  mkdirSync(dirname(file), { recursive: true });
  const part = `${file}.${process.pid}`;
  writeFileSync(part, text, { mode: 0o755 });
  renameSync(part, file);
}
