import { Follower, type Rules, type RunningProxy, secretEnvironment } from '@tollgate/agent';
import type { WasmModule } from '@tollgate/envoy';
import { type Model, type Resource, TollgateError } from '@tollgate/model';
import { checkSecrets, formatMistake, type Policies, PolicyFiles, watchPolicyFiles } from '@tollgate/policies';
import { locateSecrets } from '../locate-secrets.js';
import type { Output } from '../output.js';
import { keyFilesOf, withFilesInLine } from './key-files.js';

export interface Followed {
  paths: readonly string[];
  /** What the proxies were started with. */
  policies: Policies;
  /** Resolves once they run; what changes before is applied then. */
  started: Promise<readonly RunningProxy[]>;
  /** Not all nodes of the files were asked for. */
  chosen: boolean;
  wasm: WasmModule;
}

/** Applies changed files to running proxies. Resolves once changes are seen. */
export async function applyChanges({ paths, policies, started, chosen, wasm }: Followed, output: Output) {
  const files = new PolicyFiles(paths);
  // The versions of the start are the first good ones: what is broken from now on falls back to them.
  const first = files.refresh();
  let follower: Follower | undefined;
  let named = policies;
  /** Those of the start were told when it read the files. */
  let warned: Set<string> | undefined;
  const applyOnce = async () => {
    const proxies = await started;
    follower ??= new Follower(proxies, rulesOf(policies), wasm);
    try {
      warned ??= new Set((await first).warnings.map(formatMistake));
      const { version, held, warnings, ...read } = await files.refresh();
      named = read;
      for (const { mistakes } of held) for (const mistake of mistakes) output.progress(formatMistake(mistake));
      // A file that was never good may hold the policy that closes a route: without it the route would stand open.
      if (held.some(({ lastGood }) => !lastGood)) {
        output.progress('nothing is applied until this is fixed; the rules from the start stay in force');
        return;
      }
      if (held.length > 0)
        output.progress('files with mistakes are not applied; their last good version stays in force');
      const told = warned;
      warned = new Set(warnings.map(formatMistake));
      for (const warning of warned) if (!told.has(warning)) output.warn(warning);
      const wrong = checkSecrets(read, process.env).mistakes;
      for (const mistake of wrong) output.warn(`not applied: ${formatMistake(mistake)}`);
      if (wrong.length > 0) return;
      const next = withFilesInLine(read);
      if (!chosen) sayNewNodes(next.model, proxies, output);
      if (await follower.follow(rulesOf(next), version))
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

function rulesOf({ model, sources }: Policies): Rules {
  // What is missing was said at the start, or is what a proxy will not take.
  return { model, environment: (secrets) => secretEnvironment(locateSecrets(secrets, sources), process.env, () => {}) };
}

function sayNewNodes(model: Model, proxies: readonly RunningProxy[], output: Output): void {
  const running = (node: Resource<'Node'>) =>
    proxies.some((proxy) => proxy.node.name === node.name && proxy.node.namespace === node.namespace);
  const names = model
    .of('Node')
    .all.filter((node) => !running(node))
    .map(({ name }) => name);
  if (names.length > 0)
    output.progress(`new nodes (${names.join(', ')}) get their Envoy at the next start of tollgate run`);
}
