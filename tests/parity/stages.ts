import { compile, inlineModule, staticBootstrap } from '@tollgate/envoy';
import { startEnvoy } from '@tollgate/envoy/binary';
import { Gateway, ManualClock } from '@tollgate/host-sim';
import { startApplication } from '../support/application.js';
import { realEnvoy } from '../support/envoy.js';
import { freePorts } from '../support/ports.js';
import { EnvoyWallClock } from '../support/wall-clock.js';
import { type Stage, startTime } from './play.js';
import type { Scenario } from './scenario.js';
import { topology } from './topology.js';

export type OpenStage = Stage & { close(): Promise<void> };

interface NodeBootstrap {
  name: string;
  bootstrap: object;
}

/** Runs the nodes' proxies; when it fails, none is left running. */
type StartProxies = (nodes: NodeBootstrap[]) => Promise<() => Promise<unknown>>;

export async function simulatorStage(scenario: Scenario): Promise<OpenStage> {
  const clock = new ManualClock(startTime(scenario));
  const options = { env: scenario.env ?? {}, workers: scenario.workers ?? 1, clock };
  const stage = await openStage(scenario, async (nodes) => {
    const starts = await Promise.allSettled(nodes.map(({ bootstrap }) => Gateway.start(bootstrap, options)));
    const started = starts.flatMap((start) => (start.status === 'fulfilled' ? start.value : []));
    const close = () => Promise.all(started.map((gateway) => gateway.close()));
    await endUnlessAll(starts, close);
    return close;
  });
  return {
    ...stage,
    stepWall: (ms) => clock.stepWall(ms),
    stepMonotonic: (ms) => clock.advance(ms),
    elapsedMs: () => 0,
  };
}

export async function envoyStage(scenario: Scenario): Promise<OpenStage> {
  const { path } = await realEnvoy();
  const clock = new EnvoyWallClock(startTime(scenario), { stands: true });
  const env = { ...scenario.env, ...clock.env };
  try {
    const stage = await openStage(scenario, async (nodes) => {
      const concurrency = scenario.workers ?? 1;
      const envoys = nodes.map(({ name, bootstrap }) =>
        startEnvoy({ path, nodeName: name, bootstrap, env, concurrency }),
      );
      const stop = () => Promise.all(envoys.map((envoy) => envoy.stop()));
      await endUnlessAll(await Promise.allSettled(envoys.map((envoy) => envoy.ready)), stop);
      return stop;
    });
    const began = performance.now();
    return {
      ...stage,
      stepWall: (ms) => clock.step(ms),
      stepMonotonic: () => {
        throw new Error('a real Envoy has no monotonic clock to step');
      },
      elapsedMs: () => performance.now() - began,
      close: async () => {
        await stage.close();
        clock.close();
      },
    };
  } catch (cause) {
    clock.close();
    throw cause;
  }
}

/** A port that was free may be taken by the time a proxy listens on it. */
const attemptsMax = 3;

/** The scenario's application and ports, with the proxies that its steps go through: the same for either stage. */
async function openStage(scenario: Scenario, start: StartProxies, attempt = 1) {
  const application = await startApplication();
  const [providerPort = 0, consumerPort = 0] = await freePorts(2);
  try {
    const stop = await start(bootstraps(scenario, { providerPort, consumerPort, applicationPort: application.port }));
    const close = async () => {
      await Promise.all([stop(), application.close()]);
    };
    return { application, providerPort, consumerPort, close };
  } catch (cause) {
    await application.close();
    const taken = ['port_in_use', 'address_in_use'].includes((cause as { code?: string }).code ?? '');
    if (!taken || attempt === attemptsMax) throw cause;
    return openStage(scenario, start, attempt + 1);
  }
}

interface StagePorts {
  providerPort: number;
  consumerPort: number;
  applicationPort: number;
}

function bootstraps(scenario: Scenario, ports: StagePorts): NodeBootstrap[] {
  const { model, provider, consumer } = topology(scenario, {
    provider: ports.providerPort,
    consumer: ports.consumerPort,
    application: ports.applicationPort,
  });
  const wasm = inlineModule();
  const calls = scenario.steps.some(({ request }) => request?.via === 'consumer');
  return [provider, ...(calls ? [consumer] : [])].map((node) => ({
    name: node.name,
    bootstrap: staticBootstrap(node, compile(model, node, { version: '1', wasm })),
  }));
}

async function endUnlessAll(starts: PromiseSettledResult<unknown>[], end: () => Promise<unknown>): Promise<void> {
  const failed = starts.find((start) => start.status === 'rejected');
  if (!failed) return;
  await end();
  throw failed.reason;
}
