import { type Bootstrap, compile, inlineModule, staticBootstrap, type WasmModule } from '@tollgate/envoy';
import { type EnvoyProcess, startEnvoy } from '@tollgate/envoy/binary';
import { findNode } from '@tollgate/model';
import { realEnvoy } from './envoy.js';
import { modelOf } from './model.js';

export interface GovernedOptions {
  /** Policy files' text: services, nodes, policies. */
  policies: string;
  node: string;
  env?: Record<string, string>;
  /** The contents of the secret files that the policies name, by path. */
  secretFiles?: Record<string, string>;
  /** In place of the governance filter. */
  wasm?: WasmModule;
  filterLogLevel?: 'debug' | 'info';
  /** Changes what was compiled, as JSON: files of the test in place of the machine's. */
  adapt?: (bootstrap: string) => string;
}

export interface GovernedEnvoy {
  envoy: EnvoyProcess;
  bootstrap: Bootstrap;
  /** Everything that Envoy said. */
  log: string[];
}

/** A real Envoy on what the compiler makes of the policies. */
export async function startGoverned({
  policies,
  node: name,
  env = {},
  secretFiles = {},
  wasm = inlineModule(),
  filterLogLevel = 'info',
  adapt = (text) => text,
}: GovernedOptions): Promise<GovernedEnvoy> {
  const { path } = await realEnvoy();
  const model = modelOf(policies);
  const node = findNode(model, name);
  const resources = compile(model, node, { version: '1', wasm });
  const bootstrap = JSON.parse(adapt(JSON.stringify(staticBootstrap(node, resources)))) as Bootstrap;
  const fromFiles = resources.secrets.flatMap(({ name: variable, file }) =>
    file ? [[variable, secretFiles[file.path] ?? '']] : [],
  );
  const log: string[] = [];
  const envoy = startEnvoy({
    path,
    nodeName: name,
    bootstrap,
    env: { ...env, ...Object.fromEntries(fromFiles) },
    concurrency: node.spec.workers ?? 1,
    filterLogLevel,
    onLog: ({ level, component, message }) => log.push(`${level} ${component} ${message}`),
  });
  await envoy.ready;
  return { envoy, bootstrap, log };
}
