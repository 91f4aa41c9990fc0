import { type Application, type SeenRequest, startApplication } from './application.js';
import { applicationNames, instanceNames } from './check-together.js';
import { filterProxy } from './filter-proxy.js';
import { type NodeBootstrap, policyProxies } from './policy-proxies.js';
import { freePorts } from './ports.js';
import type { Scenario } from './scenario.js';
import type { Step } from './schema.js';

/** Where a scenario runs: the proxies, the applications behind them, and their clocks. */
export interface Stage {
  providerPort: number;
  consumerPort: number;
  /** What stands behind the proxies, by name: the instances of vendors and the scenario's further applications. */
  applications: ReadonlyMap<string, Application>;
  /** What reached them, oldest first. */
  arrivals: readonly Arrival[];
  /** What the filters call, by cluster. */
  clusters: ReadonlyMap<string, Application>;
  stepWall(ms: number): void;
  /** Lets time pass, on both clocks. */
  stepMonotonic(ms: number): Promise<void>;
  /** Lets so much time pass for a call, asked at a time of `performance`; says what went otherwise where the call did not wait for it. */
  waitsFor(ms: number, answering: Promise<unknown>, asked: number): Promise<string | undefined>;
  /** By how much the monotonic clock went on by itself. */
  elapsedMs(): number;
  /** What the filters logged so far, each line `level: text`. */
  log: readonly string[];
  /** The filters' counters and gauges. */
  metrics(): Promise<Record<string, number>>;
  fault(fault: NonNullable<Step['fault']>): void;
  /** Resolves when no request is on its way any more. */
  idle(): Promise<void>;
  /** What happened between host and filters since the last call, line by line; none where nobody can know. */
  conversation(): string[];
  /** What would have hung or ended a real Envoy since the last call; its own end shows as answers that never come. */
  fatal(): string[];
}

/** A request, and the application that it reached. */
export interface Arrival {
  application: string;
  request: SeenRequest;
}

export type OpenStage = Stage & { close(): Promise<void> };

/** Runs the proxies; when it fails, none is left running. */
export type StartProxies = (nodes: NodeBootstrap[]) => Promise<() => Promise<unknown>>;

export type StageBase = Pick<Stage, 'applications' | 'arrivals' | 'clusters' | 'providerPort' | 'consumerPort'> & {
  close(): Promise<void>;
};

/** A port that was free may be taken by the time a proxy listens on it. */
const attemptsMax = 3;

/** The scenario's applications and ports, with the proxies that its steps go through: the same wherever it runs. */
export async function openStage(scenario: Scenario, start: StartProxies, attempt = 1): Promise<StageBase> {
  const arrivals: Arrival[] = [];
  const started = async (names: string[], arrived: (application: string) => (request: SeenRequest) => void) =>
    new Map(
      await Promise.all(
        names.map(async (name): Promise<[string, Application]> => {
          const protocol = scenario.applications?.[name]?.protocol ?? scenario.protocol;
          return [name, await startApplication(0, protocol, arrived(name))];
        }),
      ),
    );
  const applications = await started(
    applicationNames(scenario),
    (application) => (request) => arrivals.push({ application, request }),
  );
  const clusters = await started(Object.keys(scenario.clusters), () => () => {});
  const closeApplications = () =>
    Promise.all([...applications.values(), ...clusters.values()].map((each) => each.close()));
  const instances = instanceNames(scenario);
  const [consumerPort = 0, ...providerPorts] = await freePorts(1 + instances.length);
  const [providerPort = 0] = providerPorts;
  try {
    const stop = await start(
      scenario.filters
        ? [
            {
              name: 'filter-test',
              bootstrap: filterProxy(scenario, {
                listen: providerPort,
                application: portsOf(applications).get(instances[0] ?? '') ?? 0,
                clusters: portsOf(clusters),
              }),
            },
          ]
        : policyProxies(scenario, {
            provider: new Map(instances.map((name, index) => [name, providerPorts[index] ?? 0])),
            consumer: consumerPort,
            applications: portsOf(applications),
          }),
    );
    const close = async () => {
      await Promise.all([stop(), closeApplications()]);
    };
    return { applications, arrivals, clusters, providerPort, consumerPort, close };
  } catch (cause) {
    await closeApplications();
    const taken = ['port_in_use', 'address_in_use'].includes((cause as { code?: string }).code ?? '');
    if (!taken || attempt === attemptsMax) throw cause;
    return openStage(scenario, start, attempt + 1);
  }
}

const portsOf = (applications: ReadonlyMap<string, Application>) =>
  new Map([...applications].map(([name, { port }]) => [name, port]));

/** Ends all that started when one of them did not. */
export async function endUnlessAll(
  starts: PromiseSettledResult<unknown>[],
  end: () => Promise<unknown>,
): Promise<void> {
  const failed = starts.find((start) => start.status === 'rejected');
  if (!failed) return;
  await end();
  throw failed.reason;
}

/** One line of a filter, the same from either host. */
export function logText(level: string, message: string): string {
  return `${level === 'warning' ? 'warn' : level}: ${message.replaceAll('\n', '\\n')}`;
}
