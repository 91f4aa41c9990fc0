import { staticBootstrap } from '@tollgate/envoy';
import { assertPortsFree } from '@tollgate/envoy/binary';
import { formatLogLine, Gateway } from '@tollgate/host-sim';
import { type DataPlane, listenersOf, type ProxyOptions, type RunningProxy } from './proxy.js';

/** The same policies and the same .wasm, run by the simulator's gateway in this process. */
export function simulatorPlane(why: string): DataPlane {
  return { description: `the traffic runs through the simulator instead of an Envoy (${why})`, start };
}

async function start({ node, resources, env, log }: ProxyOptions): Promise<RunningProxy> {
  const open = (current: typeof node, compiled: typeof resources) =>
    Gateway.start(staticBootstrap(current, compiled), {
      env,
      onLog: (line) => log(formatLogLine(line)),
      ...workersOf(current),
    });
  await assertPortsFree(listenersOf(node));
  let inForce = { node, resources };
  let gateway = await open(node, resources);
  return {
    node,
    ended: new Promise(() => {}),
    async apply(changed, compiled) {
      // One port, one gateway: the old one goes first, and comes back where the new rules are refused. Counts begin anew.
      await gateway.close();
      try {
        gateway = await open(changed, compiled);
      } catch (cause) {
        gateway = await open(inForce.node, inForce.resources);
        throw cause;
      }
      inForce = { node: changed, resources: compiled };
    },
    stop: () => gateway.close(),
  };
}

function workersOf({ spec }: ProxyOptions['node']): { workers?: number } {
  return spec.workers === undefined ? {} : { workers: spec.workers };
}
