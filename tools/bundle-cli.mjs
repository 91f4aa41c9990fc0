// Puts the command and what it needs at every start into a few files: Node spends more time finding and parsing some four
// hundred small modules than it takes to compile the policies. What only the control centre needs stays outside.
import { rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = fileURLToPath(new URL('..', import.meta.url));

rmSync(new URL('../cli/bundle', import.meta.url), { recursive: true, force: true });
await build({
  absWorkingDir: root,
  entryPoints: { main: 'cli/dist/main.js' },
  outdir: 'cli/bundle',
  bundle: true,
  splitting: true,
  platform: 'node',
  format: 'esm',
  target: 'node20',
  minifySyntax: true,
  minifyWhitespace: true,
  external: ['fastify', '@fastify/*', 'fastify-type-provider-zod', 'chokidar', '@tollgate/host-sim'],
  // commander is CommonJS and requires Node's own modules.
  banner: {
    js: "import { createRequire as bundleRequire } from 'node:module'; const require = bundleRequire(import.meta.url);",
  },
  logLevel: 'warning',
});
