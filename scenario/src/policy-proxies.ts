import { compile, inlineModule, staticBootstrap } from '@tollgate/envoy';
import { apiVersion, findNode } from '@tollgate/model';
import {
  type CheckedPolicies,
  checkDocuments,
  type FileMistake,
  joinFiles,
  type SourceDocument,
} from '@tollgate/policies';
import type { Scenario } from './scenario.js';

export interface Ports {
  provider: number;
  consumer: number;
  application: number;
}

export interface NodeBootstrap {
  name: string;
  bootstrap: object;
}

/** The proxies of a scenario with policies: orders calls vendors, each through a proxy of its own. */
export function policyProxies(scenario: Scenario, ports: Ports): NodeBootstrap[] {
  const { model } = topology(scenario, ports);
  const wasm = inlineModule();
  const calls = scenario.steps.some(({ request }) => request?.via === 'consumer');
  return ['vendors-1', ...(calls ? ['orders-1'] : [])].map((name) => {
    const node = findNode(model, name);
    return { name, bootstrap: staticBootstrap(node, compile(model, node, { version: '1', wasm })) };
  });
}

/** What is wrong with the policies, at their places in the scenario. */
export function checkTopology(scenario: Scenario): FileMistake[] {
  return topology(scenario, { provider: 1, consumer: 2, application: 3 }).mistakes;
}

function topology(scenario: Scenario, ports: Ports): CheckedPolicies {
  const socket = (port: number) => ({ address: '127.0.0.1', port });
  const { workers } = scenario;
  const given = [
    { kind: 'Service', metadata: { name: 'orders' } },
    {
      kind: 'Service',
      metadata: { name: 'vendors', labels: scenario.labels ?? {} },
      spec: {
        hosts: scenario.hosts ?? [],
        instances: [socket(ports.provider)],
        paths: scenario.paths ?? {},
        trustHeaders: scenario.trustHeaders ?? [],
      },
    },
    {
      kind: 'Node',
      metadata: { name: 'vendors-1' },
      spec: {
        services: ['vendors'],
        inbound: [{ service: 'vendors', listen: socket(ports.provider), to: socket(ports.application) }],
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
  const policies = (scenario.policies ?? []).map((value, index) => asDocument(scenario, value, ['policies', index]));
  return joinFiles([checkDocuments(scenario.file, [...given, ...policies])]);
}

/** A part of the scenario as a document by itself, whose mistakes stand where the scenario has it. */
function asDocument(scenario: Scenario, value: object, at: (string | number)[]): SourceDocument {
  return { value: { apiVersion, ...value }, source: scenario.source.part(at) };
}
