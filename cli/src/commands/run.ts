import {
  chooseDataPlane,
  type DataPlane,
  listenersOf,
  type ProxyOptions,
  type RunningProxy,
  secretEnvironment,
} from '@tollgate/agent';
import { compile, inlineModule, type WasmModule } from '@tollgate/envoy';

import { aborted, askedToEnd } from '@tollgate/envoy/binary';

import { clashesOnOneMachine, findNode, type Model, type Resource, TollgateError } from '@tollgate/model';
import { type Policies, within } from '@tollgate/policies';
import { checkForUse, loadPolicies } from '../load.js';
import { locateSecrets } from '../locate-secrets.js';
import { Mistakes, type Output } from '../output.js';
import { startEcho } from '../run/echo.js';
import { withFilesInLine } from '../run/key-files.js';

interface RunOptions {
  file: string[];
  node?: string[];
  watch: boolean;
  echo: boolean;
}

/** Closing a watch takes milliseconds, unless the machine is so busy that its events never come. */
const watchCloseMsMax = 1000;

/** Starts the Envoys of the nodes and stays with them until it is asked to stop; one that ends is started again, the others serve on. */
export async function run(options: RunOptions, output: Output): Promise<void> {
  // From the start on: Ctrl-C while Envoy is still starting must stop it too.
  const asked = askedToEnd();
  const loaded = loadPolicies(options.file, output);
  const nodes = chosenNodes(loaded.model, options.node);
  // Told by name: a proxy that finds its port taken can only blame whoever has it.
  const clashes = clashesOnOneMachine(nodes);
  if (clashes.length > 0) throw new Mistakes(clashes.map((clash) => loaded.sources.locate(clash)));
  // What is absent here is told of each node that lacks it. Whoever follows the files runs the examples, too.
  await checkForUse(loaded, { examples: !options.watch });
  const policies = withFilesInLine(loaded);
  const { model } = policies;
  const wasm = inlineModule();
  const plane = await chooseDataPlane(process.env, output.progress, asked);
  // Asked to stop while Envoy was still on its way: nothing runs yet.
  if (asked.aborted) return;
  output.progress(plane.description);
  const echo = options.echo ? await startEcho(model, nodes) : undefined;
  for (const address of echo?.addresses ?? []) output.progress(`echo: answering on ${address}`);
  const proxies: RunningProxy[] = [];
  const started = startAll({ plane, policies, nodes, wasm, watch: options.watch, output, signal: asked }, proxies);
  const running = started.then(() => proxies);
  const following = follow(options, policies, running, wasm, output);
  // Both are waited for below, one after the other: whichever fails first must not end the process before that.
  for (const promise of [running, following]) promise.catch(() => {});
  try {
    await started;
    // Whoever reads `ready` may change the files from then on.
    await following;
    announce(proxies, output);
    await aborted(asked);
  } catch (thrown) {
    // What fails because it was asked to stop is no fault.
    if (!asked.aborted) throw thrown;
  } finally {
    // A watch that does not let go keeps no Envoy running.
    const closed = following.then(
      (watch) => watch.close(),
      () => {},
    );
    await Promise.all([within(closed, watchCloseMsMax), ...proxies.map((proxy) => proxy.stop())]);
    await echo?.close();
  }
}

/** The watch is set up while the Envoys start, which costs no time of its own. */
async function follow(
  { file: paths, node, watch }: RunOptions,
  policies: Policies,
  started: Promise<readonly RunningProxy[]>,
  wasm: WasmModule,
  output: Output,
): Promise<{ close(): Promise<void> }> {
  const { applyChanges, tellChanges } = await import('../run/follow.js');
  if (!watch) return tellChanges(paths, output);
  return applyChanges({ paths, policies, started, chosen: node !== undefined, wasm }, output);
}

function chosenNodes(model: Model, names: string[] | undefined): Resource<'Node'>[] {
  if (names) return names.map((name) => findNode(model, name));
  const { all } = model.of('Node');
  if (all.length === 0)
    throw new TollgateError('input_invalid', 'the policy files have no Node document, so there is no Envoy to start');
  return [...all];
}

interface StartOptions {
  plane: DataPlane;
  policies: Policies;
  nodes: Resource<'Node'>[];
  wasm: WasmModule;
  watch: boolean;
  output: Output;
  signal: AbortSignal;
}

async function startAll(
  { plane, policies: { model, sources }, nodes, wasm, watch, output, signal }: StartOptions,
  started: RunningProxy[],
): Promise<void> {
  const starting = nodes.map(async (node) => {
    const resources = compile(model, node, { version: '1', wasm, live: watch });
    const env = secretEnvironment(locateSecrets(resources.secrets, sources), process.env, output.warn);
    const log = (line: string) => output.progress(`${node.name}: ${line}`);
    started.push(await plane.start({ node, resources, env, watch, log, signal, ...reports(node, output) }));
  });
  // All of them settle before anything is stopped: a proxy that is still starting could not be.
  const failed = (await Promise.allSettled(starting)).find((result) => result.status === 'rejected');
  if (failed) throw failed.reason;
}

/** What the user hears of an Envoy that ends: one line each time. */
function reports({ name }: Resource<'Node'>, output: Output): Pick<ProxyOptions, 'failed' | 'servesAgain' | 'crashed'> {
  return {
    failed(why, retryMs) {
      output.warn(`${why}, next try in ${retryMs / 1000} s`);
      output.result('', { event: 'failed', node: name, reason: why, retryMs });
    },
    servesAgain() {
      output.progress(`${name}: Envoy serves again`);
      output.result('', { event: 'serves-again', node: name });
    },
    crashed(crash) {
      const { callback, reason, said, functions } = crash;
      const where =
        functions[0] === undefined || functions[0] === callback ? callback : `${functions[0]}, in ${callback}`;
      output.warn(`${name}: a filter crashed in ${where}: ${said ?? reason}`);
      output.result('', { event: 'filter-crashed', node: name, ...crash });
    },
  };
}

function announce(proxies: RunningProxy[], output: Output): void {
  const lines = proxies.flatMap(({ node }) => [
    ...node.spec.inbound.map(
      ({ service, listen, to }) =>
        `${node.name}: ${listen.address}:${listen.port} takes calls to ${service} (${to.address}:${to.port})`,
    ),
    ...node.spec.outbound.map(
      ({ listen, service }) =>
        `${node.name}: ${listen.address}:${listen.port} takes calls of ${service ?? node.spec.services[0]}, routed by Host`,
    ),
  ]);
  const nodes = proxies.map(({ node }) => ({ name: node.name, listeners: listenersOf(node) }));
  output.result([...lines, 'ready, Ctrl-C stops'].join('\n'), { event: 'ready', nodes });
}
