import { writeFileSync } from 'node:fs';
import { posix } from 'node:path';
import { compile, inlineModule, staticBootstrap, type WasmModule } from '@tollgate/envoy';
import { findNode } from '@tollgate/model';
import { checkModules, checkSecrets, formatMistake, quotedYaml, withPluginCode } from '@tollgate/policies';
import { loadPolicies } from '../load.js';
import { locateSecrets } from '../locate-secrets.js';
import { Mistakes, type Output } from '../output.js';
import { startLine } from '../start-line.js';

interface BootstrapOptions {
  file: string[];
  node: string;
  output?: string;
  wasmPath?: string;
}

export async function bootstrap(options: BootstrapOptions, output: Output): Promise<void> {
  const policies = loadPolicies(options.file, output);
  const { sources } = policies;
  // Modules travel in the bootstrap.
  const wrongModules = checkModules(policies).mistakes;
  if (wrongModules.length > 0) throw new Mistakes(wrongModules);
  // A bootstrap may be for another machine, where the files are right.
  const { mistakes: wrong, absent } = checkSecrets(policies, process.env);
  for (const mistake of [...wrong, ...absent]) output.warn(formatMistake(mistake));
  const { model } = withPluginCode(policies);
  const node = findNode(model, options.node);
  const wasm = options.wasmPath === undefined ? inlineModule() : besideEnvoy(options.wasmPath);
  const resources = compile(model, node, { version: 'static', wasm });
  const config = staticBootstrap(node, resources);
  const asJson = options.output?.endsWith('.json') ?? false;
  const text = asJson ? `${JSON.stringify(config, null, 2)}\n` : quotedYaml(config);
  const secrets = locateSecrets(resources.secrets, sources);
  const environment = secrets.map(({ name, file }) => ({ name, from: file?.path ?? 'environment' }));
  const lines = environment.map(({ name, from }) => `${name} <- ${from}`);
  if (options.output === undefined) {
    // The bootstrap is the result: what else there is to say goes beside it.
    if (output.json) output.result('', { environment, bootstrap: config });
    else process.stdout.write(text);
    for (const line of lines) output.progress(line);
    return;
  }
  writeFileSync(options.output, text);
  const start = startLine(options.output, secrets, process.env, node.spec.workers);
  output.result([...lines, `wrote ${options.output}; start it with: ${start}`].join('\n'), {
    file: options.output,
    environment,
    workers: node.spec.workers,
    start,
  });
}

/** The module for connections stands beside that for calls. */
function besideEnvoy(path: string): WasmModule {
  return { path, tcp: { path: posix.join(posix.dirname(path), 'tcp.wasm') } };
}
