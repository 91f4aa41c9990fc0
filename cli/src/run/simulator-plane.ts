import { staticBootstrap } from '@tollgate/envoy';
import { formatLogLine, Gateway } from '@tollgate/host-sim';
import type { DataPlane, ProxyOptions, RunningProxy } from './proxy.js';

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
  let gateway = await open(node, resources);
  return {
    node,
    ended: new Promise(() => {}),
    async apply(changed, compiled) {
      await gateway.close();
      gateway = await open(changed, compiled);
    },
    stop: () => gateway.close(),
  };
}

function workersOf({ spec }: ProxyOptions['node']): { workers?: number } {
  return spec.workers === undefined ? {} : { workers: spec.workers };
}
