import type { TemplateInput } from './input.js';

export const gitignore = 'build/\nnode_modules/\n';

/** Copies, not links: the SDK's transform must meet the compiler of this folder, which it would not look for from its own. */
export const npmrc = 'install-links=true\n';

export const asconfig = ({ name }: TemplateInput): string =>
  json({
    entries: ['assembly/index.ts'],
    options: {
      outFile: `build/${name}.wasm`,
      runtime: 'stub',
      optimizeLevel: 3,
      shrinkLevel: 2,
      exportStart: '_initialize',
      // Without it abort is an import, which Envoy does not have.
      use: ['abort='],
      transform: ['proxy-wasm/transform'],
    },
  });

export const packageJson = ({ name, sdk, simulator, assemblyscript }: TemplateInput): string =>
  json({
    name,
    version: '0.1.0',
    private: true,
    type: 'module',
    scripts: {
      build: 'asc --config asconfig.json',
      spec: 'node --test specs/',
      scenarios: 'tollgate test scenarios',
      test: 'npm run build && npm run spec && npm run scenarios',
    },
    devDependencies: {
      '@tollgate/host-sim': `file:${simulator}`,
      assemblyscript,
      'proxy-wasm': `file:${sdk}`,
    },
  });

export const readme = ({ name, sdk }: TemplateInput): string => `# ${name}

A filter for Envoy, in AssemblyScript.

    npm install
    npm test                         # builds it, runs its spec and its scenario in the simulator
    tollgate test scenarios --both   # the scenario in the simulator and in a real Envoy, and what differs
    tollgate trace build/${name}.wasm --config '{"header": "x-key"}' --request 'GET /'

| file | what it is |
| --- | --- |
| \`assembly/index.ts\` | the filter: a class whose methods are the callbacks that it wants |
| \`specs/${name}.test.mjs\` | tests of the module through the simulator as a library |
| \`scenarios/${name}.yaml\` | what callers and the application see; runs in the simulator and in Envoy |
| \`envoy.yaml\` | Envoy with the filter, to try by hand: \`envoy -c envoy.yaml\` |

\`tollgate\` is the command that wrote this folder. The SDK (\`proxy-wasm\`) and the simulator (\`@tollgate/host-sim\`) are in
no registry: \`package.json\` names the folders where they lie on this machine (${sdk}). To
carry this folder elsewhere, make packages of both with \`npm pack\` and name those files instead.
`;

const json = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`;
