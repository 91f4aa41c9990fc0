import { staticBootstrap } from '@tollgate/envoy';
import { assertPortsFree } from '@tollgate/envoy/binary';
import { Gateway } from '@tollgate/host-sim';
import { foldedLog } from './folded-log.js';
import { type DataPlane, listenersOf, type ProxyOptions, type RunningProxy } from './proxy.js';

/** The same policies and the same .wasm, run by the simulator's gateway in this process. */
export function simulatorPlane(why: string): DataPlane {
  return { description: `the traffic runs through the simulator instead of an Envoy (${why})`, start };
}

async function start({ node, resources, env, log, crashed }: ProxyOptions): Promise<RunningProxy> {
  let inForce = { node, resources, env };
  const open = (state: typeof inForce) =>
    Gateway.start(staticBootstrap(state.node, state.resources), {
      env: state.env,
      onLog: foldedLog(log),
      onCrash: crashed,
      ...workersOf(state.node),
    });
  await assertPortsFree(listenersOf(node));
  let gateway = await open(inForce);
  return {
    node,
    async apply(changed, compiled, environment) {
      // One port, one gateway: the old one goes first, and comes back where the new rules are refused. Counts begin anew.
      await gateway.close();
      const next = { node: changed, resources: compiled, env: environment };
      try {
        gateway = await open(next);
      } catch (cause) {
        gateway = await open(inForce);
        throw cause;
      }
      inForce = next;
    },
    stop: () => gateway.close(),
  };
}

function workersOf({ spec }: ProxyOptions['node']): { workers?: number } {
  return spec.workers === undefined ? {} : { workers: spec.workers };
}
