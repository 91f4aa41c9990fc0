import { compile, inlineModule, staticBootstrap } from '@tollgate/envoy';
import { apiVersion, findNode } from '@tollgate/model';
import {
  type CheckedPolicies,
  checkDocuments,
  type FileMistake,
  joinFiles,
  type SourceDocument,
  withPluginCode,
} from '@tollgate/policies';
import { applicationNames, instanceNames } from './check-together.js';
import { unknownPorts, withPorts } from './ports-in-policies.js';
import type { Scenario } from './scenario.js';

export interface Ports {
  /** Where the provider's proxy takes the calls of each instance. */
  provider: ReadonlyMap<string, number>;
  consumer: number;
  /** Of each application, those of the instances among them. */
  applications: ReadonlyMap<string, number>;
}

export interface NodeBootstrap {
  name: string;
  bootstrap: object;
}

/** The proxies of a scenario with policies: orders calls vendors, each through a proxy of its own. */
export function policyProxies(scenario: Scenario, ports: Ports): NodeBootstrap[] {
  const { model } = withPluginCode(topology(scenario, ports));
  const wasm = inlineModule();
  const calls = scenario.steps.some(({ request }) => request?.via === 'consumer');
  return ['vendors-1', ...(calls ? ['orders-1'] : [])].map((name) => {
    const node = findNode(model, name);
    return { name, bootstrap: staticBootstrap(node, compile(model, node, { version: '1', wasm })) };
  });
}

/** What is wrong with the policies, at their places in the scenario. */
export function checkTopology(scenario: Scenario): FileMistake[] {
  let port = 1;
  const numbered = (names: string[]) => new Map(names.map((name) => [name, port++]));
  const ports = {
    provider: numbered(instanceNames(scenario)),
    consumer: port++,
    applications: numbered(applicationNames(scenario)),
  };
  const unknown = unknownPorts(scenario);
  return unknown.length > 0 ? unknown : topology(scenario, ports).mistakes;
}

function topology(scenario: Scenario, ports: Ports): CheckedPolicies {
  const socket = (port: number) => ({ address: '127.0.0.1', port });
  const { workers } = scenario;
  const provider = [...ports.provider].map(([name, port]) => ({
    ...scenario.instances?.[name],
    name,
    at: socket(port),
  }));
  const given = [
    { kind: 'Service', metadata: { name: 'orders', labels: scenario.consumerLabels ?? {} } },
    {
      kind: 'Service',
      metadata: { name: 'vendors', labels: scenario.labels ?? {} },
      spec: {
        hosts: scenario.hosts ?? [],
        instances: provider.map(({ at, labels, zone, weight }) => ({
          ...at,
          ...(labels ? { labels } : {}),
          ...(zone === undefined ? {} : { zone }),
          ...(weight === undefined ? {} : { weight }),
        })),
        paths: scenario.paths ?? {},
        trustHeaders: scenario.trustHeaders ?? [],
      },
    },
    {
      kind: 'Node',
      metadata: { name: 'vendors-1' },
      spec: {
        services: ['vendors'],
        inbound: provider.map(({ at, name }) => ({
          service: 'vendors',
          listen: at,
          to: socket(ports.applications.get(name) ?? 0),
        })),
        trustedHops: scenario.trustedHops ?? 0,
        ...(scenario.underscores ? { underscores: scenario.underscores } : {}),
        workers,
      },
    },
    {
      kind: 'Node',
      metadata: { name: 'orders-1' },
      spec: { services: ['orders'], outbound: { listen: socket(ports.consumer) }, workers },
    },
  ].map((value) => asDocument(scenario, value, []));
  const policies = (scenario.policies ?? []).map((value, index) =>
    asDocument(scenario, withPorts(value, ports.applications) as object, ['policies', index]),
  );
  return joinFiles([checkDocuments(scenario.file, [...given, ...policies])]);
}

/** A part of the scenario as a document by itself, whose mistakes stand where the scenario has it. */
function asDocument(scenario: Scenario, value: object, at: (string | number)[]): SourceDocument {
  return { value: { apiVersion, ...value }, source: scenario.source.part(at) };
}
