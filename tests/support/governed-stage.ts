import { compile, inlineModule, staticBootstrap } from '@tollgate/envoy';
import { Gateway } from '@tollgate/host-sim';
import { findNode } from '@tollgate/model';
import { type GovernedOptions, startGoverned } from './governed-envoy.js';
import { modelOf } from './model.js';

export const stages = ['simulator', 'envoy'] as const;

/** A proxy on what the compiler makes of the policies, with one worker: the simulator's in this process, or a real Envoy. */
export async function startStage(
  stage: (typeof stages)[number],
  {
    policies,
    node: name,
    env = {},
    adapt = (text) => text,
  }: Pick<GovernedOptions, 'policies' | 'node' | 'env' | 'adapt'>,
): Promise<{ log: readonly string[]; stop(): Promise<unknown> }> {
  if (stage === 'envoy') {
    const { envoy, log } = await startGoverned({ policies, node: name, env, adapt });
    return { log, stop: () => envoy.stop() };
  }
  const log: string[] = [];
  const model = modelOf(policies);
  const node = findNode(model, name);
  const bootstrap = staticBootstrap(node, compile(model, node, { version: '1', wasm: inlineModule() }));
  const gateway = await Gateway.start(JSON.parse(adapt(JSON.stringify(bootstrap))), {
    workers: 1,
    env,
    onLog: ({ message }) => log.push(message),
  });
  return { log, stop: () => gateway.close() };
}
