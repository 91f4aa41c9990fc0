import type { TemplateInput } from './input.js';

export const gitignore = 'build/\nnode_modules/\n';

/** Copies, not links: the SDK's transform must meet the compiler of this folder, which it would not look for from its own. */
export const npmrc = 'install-links=true\n';

export const asconfig = ({ name }: TemplateInput): string =>
  json({
    entries: ['assembly/index.ts'],
    options: {
      runtime: 'stub',
      exportStart: '_initialize',
      transform: ['proxy-wasm/transform'],
    },
    targets: {
      release: {
        outFile: `build/${name}.wasm`,
        optimizeLevel: 3,
        shrinkLevel: 2,
        // Without it abort is an import, which Envoy does not have.
        use: ['abort='],
      },
      debug: {
        outFile: `build/${name}.debug.wasm`,
        debug: true,
        // The log says which assertion failed, and on which line.
        use: ['abort=~lib/proxy-wasm/assembly/lifecycle/abort/abort'],
      },
    },
  });

/** AssemblyScript as an editor's TypeScript understands it: its types, and those of the SDK. */
export const tsconfig = json({
  extends: 'assemblyscript/std/assembly.json',
  compilerOptions: {
    module: 'esnext',
    moduleResolution: 'bundler',
    // Fields of a filter and of what the SDK makes are zero, not undefined.
    strictPropertyInitialization: false,
    skipLibCheck: true,
    noEmit: true,
  },
  include: ['assembly/**/*.ts'],
});

export const packageJson = ({ name, packages, assemblyscript }: TemplateInput): string =>
  json({
    name,
    version: '0.1.0',
    private: true,
    type: 'module',
    scripts: {
      build: 'asc --config asconfig.json --target release',
      'build:debug': 'asc --config asconfig.json --target debug',
      spec: 'node --test specs/',
      scenarios: 'tollgate test scenarios',
      test: 'npm run build && npm run spec && npm run scenarios',
    },
    devDependencies: {
      '@tollgate/cli': packages.cli,
      '@tollgate/host-sim': packages.simulator,
      assemblyscript,
      'proxy-wasm': packages.sdk,
    },
  });

export const readme = ({ name }: TemplateInput): string => `# ${name}

A filter for Envoy, in AssemblyScript.

    npm install
    npm test                             # builds it, runs its spec and its scenario in the simulator
    npx tollgate test scenarios --both   # the scenario in the simulator and in a real Envoy, and what differs
    npx tollgate trace build/${name}.wasm --config '{"header": "x-key"}' --request 'GET /'
    npm run build:debug                  # build/${name}.debug.wasm: larger, but a trap names the function, the line and why

| file | what it is |
| --- | --- |
| \`assembly/index.ts\` | the filter: a class whose methods are the callbacks that it wants |
| \`specs/${name}.test.mjs\` | tests of the module through the simulator as a library |
| \`scenarios/${name}.yaml\` | what callers and the application see; runs in the simulator and in Envoy |
| \`envoy.yaml\` | Envoy with the filter, to try by hand: \`envoy -c envoy.yaml\` |
| \`asconfig.json\` | how it is compiled, for Envoy and to look for mistakes |
| \`tsconfig.json\` | for the editor alone: AssemblyScript's types and the SDK's |

\`package.json\` names the packages of Tollgate where the command that wrote this folder came from: a version of the
registry, or packed files and folders on this machine. The filter imports the SDK, \`@tollgate/sdk\`, as \`proxy-wasm\`.
`;

function json(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}
