import { buildModel, checkFile, findNode, formatMistake, type Model, type Resource } from '@tollgate/model';
import { stringify } from 'yaml';
import type { Scenario } from './scenario.js';

export interface Ports {
  provider: number;
  consumer: number;
  application: number;
}

/** orders calls vendors, each through a proxy of its own. */
export function topology(
  scenario: Scenario,
  ports: Ports,
): { model: Model; provider: Resource<'Node'>; consumer: Resource<'Node'> } {
  const socket = (port: number) => ({ address: '127.0.0.1', port });
  const workers = scenario.workers ?? 1;
  const documents = [
    { kind: 'Service', metadata: { name: 'orders' } },
    {
      kind: 'Service',
      metadata: { name: 'vendors', labels: scenario.labels ?? {} },
      spec: { hosts: scenario.hosts ?? [], instances: [socket(ports.provider)] },
    },
    {
      kind: 'Node',
      metadata: { name: 'vendors-1' },
      spec: {
        services: ['vendors'],
        inbound: [{ service: 'vendors', listen: socket(ports.provider), to: socket(ports.application) }],
        trustedHops: scenario.trustedHops ?? 0,
        workers,
      },
    },
    {
      kind: 'Node',
      metadata: { name: 'orders-1' },
      spec: { services: ['orders'], outbound: { listen: socket(ports.consumer) }, workers },
    },
    ...scenario.policies,
  ];
  const text = documents.map((document) => stringify({ apiVersion: 'tollgate.dev/v1', ...document })).join('---\n');
  const { model, mistakes } = buildModel([checkFile(`${scenario.name}.yaml`, text)]);
  if (mistakes.length > 0) throw new Error(mistakes.map(formatMistake).join('\n'));
  return { model, provider: findNode(model.nodes, 'vendors-1'), consumer: findNode(model.nodes, 'orders-1') };
}
