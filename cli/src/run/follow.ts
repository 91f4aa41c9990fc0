import { watchPolicyFiles } from '@tollgate/control/store/watch';
import { compile, type Resources, type WasmModule } from '@tollgate/envoy';
import { findNode, formatMistake, type Model, type Resource, TollgateError } from '@tollgate/model';
import type { Output } from '../output.js';
import { keyFilesOf, withPublicKeys } from './key-files.js';
import type { RunningProxy } from './proxy.js';
import { secretEnvironment } from './secrets.js';

export interface Followed {
  paths: readonly string[];
  /** What the proxies were started with. */
  model: Model;
  /** Resolves once they run; what changes before is applied then. */
  started: Promise<readonly RunningProxy[]>;
  /** Not all nodes of the files were asked for. */
  chosen: boolean;
  wasm: WasmModule;
}

/** Applies changed files to running proxies. Resolves once changes are seen. */
export async function applyChanges({ paths, model, started, chosen, wasm }: Followed, output: Output) {
  // Loaded only here: with it comes the simulator, for the examples.
  const { PolicyStore } = await import('@tollgate/control/store/policy-store');
  const store = new PolicyStore(paths);
  // The versions of the start are the first good ones: what is broken from now on falls back to them.
  const first = store.refresh();
  let inForce: string | undefined;
  let pushes = 0;
  let named = model;
  const applyOnce = async () => {
    const proxies = await started;
    inForce ??= fingerprint(model, proxies);
    try {
      await first;
      const { model: read, version, held } = await store.refresh();
      named = read;
      for (const { mistakes } of held) for (const mistake of mistakes) output.progress(formatMistake(mistake));
      // A file that was never good may hold the policy that closes a route: without it the route would stand open.
      if (held.some(({ lastGood }) => !lastGood)) {
        output.progress('nothing is applied until that is mended, the rules of the start stay in force');
        return;
      }
      if (held.length > 0) output.progress('what is wrong is not applied, its last good version stays in force');
      const next = withPublicKeys(read);
      if (!chosen) sayNewNodes(next, proxies, output);
      const wanted = fingerprint(next, proxies);
      if (wanted === inForce) return;
      for (const proxy of proxies) {
        const node = nodeOf(next, proxy);
        const resources = compile(next, node, { version: `${version}-${++pushes}`, wasm });
        await proxy.apply(node, resources, environmentOf(resources));
      }
      inForce = wanted;
      output.result(`applied version ${version}`, { event: 'applied', version });
    } catch (thrown) {
      output.warn(`not applied: ${TollgateError.from(thrown).rawMessage}`);
    }
  };
  let applying = Promise.resolve();
  const apply = () => {
    applying = applying.then(applyOnce);
    return applying;
  };
  const watch = await watchPolicyFiles(paths, apply, () => keyFilesOf(named));
  // What changed between the first reading and the watch is not missed.
  started.then(apply, () => {});
  await first.catch(() => {});
  return {
    async close() {
      await watch.close();
      await applying.catch(() => {});
    },
  };
}

/** Only says, once, that the files changed. */
export function tellChanges(paths: readonly string[], output: Output) {
  let said = false;
  return watchPolicyFiles(paths, async () => {
    if (said) return;
    said = true;
    output.progress(
      'the policy files changed; this run keeps the rules it started with (use --watch to apply changes)',
    );
  });
}

function nodeOf(model: Model, { node }: RunningProxy): Resource<'Node'> {
  return findNode(model.nodes, node.name, node.namespace);
}

/** What the proxies are made of, apart from the version: rules, and the secrets of files. */
function fingerprint(model: Model, proxies: readonly RunningProxy[]): string {
  const made = proxies.map((proxy) => {
    const node = nodeOf(model, proxy);
    const resources = compile(model, node, { version: '', wasm: { path: '' } });
    return [node.spec, resources, environmentOf(resources)];
  });
  return JSON.stringify(made);
}

/** What is missing in it was said at the start, or is what a proxy will not take. */
function environmentOf({ secrets }: Resources): Record<string, string> {
  return secretEnvironment(secrets, process.env, () => {});
}

function sayNewNodes({ nodes }: Model, proxies: readonly RunningProxy[], output: Output): void {
  const running = (node: Resource<'Node'>) =>
    proxies.some((proxy) => proxy.node.name === node.name && proxy.node.namespace === node.namespace);
  const names = nodes.filter((node) => !running(node)).map(({ name }) => name);
  if (names.length > 0)
    output.progress(`new nodes (${names.join(', ')}) get their Envoy at the next start of tollgate run`);
}
