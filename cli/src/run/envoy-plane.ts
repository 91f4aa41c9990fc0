import { availableParallelism } from 'node:os';
import { staticBootstrap, watchingBootstrap } from '@tollgate/envoy';
import { assertPortsFree, describeEnvoy, describeExit, type EnvoyBinary, startEnvoy } from '@tollgate/envoy/binary';
import { TollgateError } from '@tollgate/model';
import { type DataPlane, listenersOf, type ProxyOptions, type RunningProxy } from './proxy.js';
import { type AdminAddress, RuleFiles } from './rule-files.js';

export function envoyPlane(envoy: EnvoyBinary): DataPlane {
  return {
    description: describeEnvoy(envoy),
    start: (options) => start(envoy.path, options),
  };
}

async function start(path: string, { node, resources, env, watch, log }: ProxyOptions): Promise<RunningProxy> {
  const { admin, workers } = node.spec;
  await assertPortsFree([...listenersOf(node), ...(admin ? [admin] : [])]);
  const rules = watch ? await RuleFiles.create(resources) : undefined;
  // Before it is ready Envoy's words are kept: if it fails they come with the error, once.
  let kept: string[] | undefined = [];
  let stopping = false;
  const say = (line: string) => {
    if (kept) kept.push(line);
    else if (!stopping) log(line);
  };
  const address: AdminAddress | undefined = admin
    ? { host: admin.address, port: admin.port }
    : rules && { socketPath: rules.adminSocket };
  const envoy = startEnvoy({
    path,
    nodeName: node.name,
    bootstrap: rules ? watchingBootstrap(node, rules.paths) : staticBootstrap(node, resources),
    env,
    concurrency: workers ?? availableParallelism(),
    onLog: ({ level, message }) => say(`${level}: ${message}`),
    ...(address && 'socketPath' in address ? { adminSocket: address.socketPath } : {}),
  });
  const stop = async () => {
    stopping = true;
    await envoy.stop();
    await rules?.remove();
  };
  try {
    await envoy.ready;
  } catch (cause) {
    await stop();
    throw cause;
  }
  const early = kept;
  kept = undefined;
  early.forEach(say);
  const ended = envoy.exited.then((exit) =>
    stopping ? new Promise<string>(() => {}) : `Envoy of ${node.name} ended by itself (${describeExit(exit)})`,
  );
  return {
    node,
    ended,
    stop,
    async apply(changed, compiled, environment) {
      if (!rules || !address) throw new TollgateError('internal', 'this Envoy was started without --watch');
      if (JSON.stringify(changed.spec.admin) !== JSON.stringify(admin) || changed.spec.workers !== workers) {
        throw new TollgateError(
          'input_invalid',
          `${node.name}: a change of admin or workers takes effect at a restart, start tollgate run again`,
        );
      }
      const missing = compiled.secrets.filter(
        ({ name }) => environment[name] !== env[name] || !resources.secrets.some((secret) => secret.name === name),
      );
      if (missing.length > 0) {
        const names = missing.map(({ name }) => name).join(', ');
        throw new TollgateError(
          'secret_missing',
          `${node.name}: Envoy gets new secrets (${names}) at a restart only, start tollgate run again`,
        );
      }
      await rules.replace(compiled, address);
    },
  };
}
