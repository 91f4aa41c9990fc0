import { writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { compile, inlineModule, type SecretVariable, staticBootstrap } from '@tollgate/envoy';
import { findNode } from '@tollgate/model';
import { stringify } from 'yaml';
import { loadModel } from '../load.js';
import type { Output } from '../output.js';

interface BootstrapOptions {
  file: string[];
  node: string;
  output?: string;
  wasmPath?: string;
}

export async function bootstrap(options: BootstrapOptions, output: Output): Promise<void> {
  const model = loadModel(options.file);
  const node = findNode(model.nodes, options.node);
  const wasm = options.wasmPath === undefined ? inlineModule() : { path: options.wasmPath };
  const resources = compile(model, node, { version: 'static', wasm });
  const config = staticBootstrap(node, resources);
  const asJson = options.output?.endsWith('.json') ?? false;
  const text = asJson ? `${JSON.stringify(config, null, 2)}\n` : stringify(config);
  const environment = resources.secrets.map((secret) => ({ name: secret.name, from: sourceOf(secret) }));
  const lines = environment.map(({ name, from }) => `${name} <- ${from}`);
  if (options.output === undefined) {
    // The bootstrap is the result: what else there is to say goes beside it.
    if (output.json) output.result('', { environment, bootstrap: config });
    else process.stdout.write(text);
    for (const line of lines) output.progress(line);
    return;
  }
  writeFileSync(options.output, text);
  const workers = node.spec.workers === undefined ? '' : ` --concurrency ${node.spec.workers}`;
  output.result(
    [
      ...lines,
      `wrote ${options.output}; start it with: envoy --disable-hot-restart -c ${options.output}${workers}`,
    ].join('\n'),
    {
      file: options.output,
      environment,
      workers: node.spec.workers,
    },
  );
}

/** A file's path as the user would type it here, or that the variable is the user's own. */
export function sourceOf({ file }: SecretVariable): string {
  return file ? secretPath(file) : 'environment';
}

export function secretPath(file: NonNullable<SecretVariable['file']>): string {
  return file.path.startsWith('/') ? file.path : join(dirname(file.policyFile), file.path);
}
