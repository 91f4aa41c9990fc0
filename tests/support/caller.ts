import type { RequestOptions } from 'node:http';
import { after } from 'node:test';
import { document, file, loopback } from './documents.js';
import { fetchText, type TextAnswer } from './fetch-text.js';
import { startGoverned } from './governed-envoy.js';
import { freePorts } from './ports.js';
import { until } from './wait.js';

/** A service as its caller knows it: where it is, and how it is called. */
export interface CalledService {
  name: string;
  ports: readonly number[];
  /** The `spec` of its DestinationRule, without the host. */
  rule?: string;
  /** Of its one port, where it is not HTTP. */
  protocol?: string;
}

/** A caller’s proxy alone, straight before what it calls. */
export interface Caller {
  port: number;
  admin: number;
  call(service: string, path?: string, options?: RequestOptions): Promise<TextAnswer>;
  /** Of the cluster of a service. */
  metric(service: string, name: string): Promise<number>;
  /** Waits until a metric has this value at least. */
  reaches(service: string, name: string, value: number): Promise<void>;
  /** Waits until a metric has this value. */
  becomes(service: string, name: string, value: number): Promise<void>;
}

export function destinationRule(name: string, spec: string): string {
  return document('DestinationRule', name, `{ host: ${name}, ${spec} }`).replace(
    'tollgate.dev/v1',
    'networking.istio.io/v1',
  );
}

export async function startCaller(...services: CalledService[]): Promise<Caller> {
  const documents = services.flatMap(({ name, ports, rule, protocol }) => {
    const port = protocol ? `ports: [{ name: main, port: 80, protocol: ${protocol} }], ` : '';
    const service = document('Service', name, `{ ${port}instances: [${ports.map(loopback).join(', ')}] }`);
    return rule === undefined ? [service] : [service, destinationRule(name, rule)];
  });
  return startCallerOf(documents);
}

/** The caller `orders` with these services and rules. */
export async function startCallerOf(documents: readonly string[], { zone }: { zone?: string } = {}): Promise<Caller> {
  const [listen = 0, admin = 0] = await freePorts(2);
  const node = `{ services: [orders], outbound: { listen: ${loopback(listen)} }, admin: ${loopback(admin)}, workers: 1${zone === undefined ? '' : `, zone: ${zone}`} }`;
  const policies = file(document('Service', 'orders', '{}'), document('Node', 'orders-1', node), ...documents);
  const { envoy } = await startGoverned({ policies, node: 'orders-1' });
  after(() => envoy.stop());
  const metric = async (service: string, name: string) => {
    const stat = `cluster.outbound/default/${service}/80.${name}`;
    const { text } = await fetchText(`http://127.0.0.1:${admin}/stats?filter=${encodeURIComponent(`^${stat}$`)}`);
    return Number(/: (\d+)/.exec(text)?.[1] ?? 0);
  };
  const holds = (service: string, name: string, test: (value: number) => boolean) =>
    until(`the metric ${name} of ${service}`, async () => test(await metric(service, name)));
  return {
    port: listen,
    admin,
    call: (service, path = '/', options = {}) =>
      fetchText(`http://127.0.0.1:${listen}${path}`, {
        ...options,
        headers: { host: service, ...(options.headers as Record<string, string>) },
      }),
    metric,
    reaches: (service, name, value) => holds(service, name, (now) => now >= value),
    becomes: (service, name, value) => holds(service, name, (now) => now === value),
  };
}
